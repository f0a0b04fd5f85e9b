package dev.tiu.boot.disk;

import dev.tiu.linux.Errno;
import dev.tiu.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Path;

/** What a new disk is written to: becomes valid with {@link #commit}, or is as if never begun. */
sealed interface Target permits ImageTarget, DeviceTarget {
  /** A table at the start of the disk, and a copy at the end, lie within so many bytes. */
  long TABLE_ROOM = DiskShape.MIB;

  /** The file or device that takes what is written. */
  Path path();

  /** Makes it whole: the partition table, last of all, and what goes with it. */
  void commit(PartitionPlan plan) throws IOException;

  /** Undoes what can be undone. */
  void abandon() throws IOException;

  /** The same failure, with its real cause where that is known. */
  IOException explain(IOException failure);

  /** EBUSY in this place has one meaning. */
  static boolean isBusy(IOException e) {
    return e instanceof LinuxException linux && linux.errno() == Errno.EBUSY;
  }
}

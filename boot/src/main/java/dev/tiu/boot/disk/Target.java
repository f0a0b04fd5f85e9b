package dev.tiu.boot.disk;

import dev.tiu.linux.Errno;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.LinuxException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/** What a new disk is written to: becomes valid with {@link #commit}, or is as if never begun. */
sealed interface Target permits ImageTarget, DeviceTarget {
  /** A table at the start of the disk, and a copy at the end, lie within so many bytes. */
  long TABLE_ROOM = DiskShape.MIB;

  /** The file or device that takes what is written. */
  Path path();

  /** Makes it whole: the partition table, last of all, and what goes with it. */
  void commit(PartitionPlan plan, Optional<BiosCode> code) throws IOException;

  /** What a BIOS starts: nothing starts it yet, without the signature that comes with the table. */
  static void write(FileHandle disk, PartitionPlan plan, BiosCode code) throws IOException {
    long offset = plan.bios().orElseThrow().offset();
    disk.write(ByteBuffer.wrap(code.partition(offset)), offset);
    disk.write(ByteBuffer.wrap(code.firstSector(offset)), 0);
    disk.sync();
  }

  /** Looks at what is on the medium; sfdisk leaves the code before its table as it is. */
  static void requireHeld(FileHandle disk, PartitionPlan plan, BiosCode code) throws IOException {
    long offset = plan.bios().orElseThrow().offset();
    requireHeld(disk, code.firstSector(offset), 0);
    requireHeld(disk, code.partition(offset), offset);
  }

  private static void requireHeld(FileHandle disk, byte[] content, long offset) throws IOException {
    if (!disk.holds(content, offset)) {
      throw new IOException(
          "the disk didn't keep what a BIOS starts, at offset %d, as it was written"
              .formatted(offset));
    }
  }

  /** Undoes what can be undone. */
  void abandon() throws IOException;

  /** The same failure, with its real cause where that is known. */
  IOException explain(IOException failure);

  /** EBUSY in this place has one meaning. */
  static boolean isBusy(IOException e) {
    return e instanceof LinuxException linux && linux.errno() == Errno.EBUSY;
  }
}

package dev.tiu;

import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A number that is kept with a snapshot, and in which boot of the machine it was noted: a line
 * each.
 *
 * @param bootId the kernel's, which makes it up at each start
 */
record BootNumber(String bootId, int number) {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  /** What tells this boot of the machine from all others. */
  static String thisBoot() throws IOException {
    return Files.readString(BOOT_ID).strip();
  }

  void write(SnapshotNote note, SnapshotStore store, Snapshot snapshot) throws IOException {
    note.write(store, snapshot, bootId + "\n" + number);
  }

  /**
   * Empty where there is none, or nobody can make sense of it.
   *
   * @param digits how many it may have
   */
  static Optional<BootNumber> read(
      SnapshotNote note, SnapshotStore store, Snapshot snapshot, int digits) throws IOException {
    return note.read(store, snapshot)
        .map(text -> text.lines().toList())
        .filter(lines -> lines.size() == 2 && lines.get(1).matches("[0-9]{1,%d}".formatted(digits)))
        .map(lines -> new BootNumber(lines.get(0), Integer.parseInt(lines.get(1))));
  }
}

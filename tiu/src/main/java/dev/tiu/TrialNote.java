package dev.tiu;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.snapshot.Layout;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How often a snapshot may still be tried by a firmware that tries once and doesn't count: {@code
 * N/tiu/trial}, a line with the boot in which that was decided and one with the number.
 *
 * @param bootId of the kernel that ran then: in another boot the try was made, or its reboot was
 *     cut off, which can't be told apart
 * @param triesLeft with the one that is armed
 */
record TrialNote(String bootId, int triesLeft) {
  private static final BytePath NAME = Layout.FILES.resolve(BytePath.of("trial"));
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final int LIMIT = 256;

  static TrialNote now(int triesLeft) throws IOException {
    return new TrialNote(Files.readString(BOOT_ID).strip(), triesLeft);
  }

  boolean isOfThisBoot() throws IOException {
    return bootId.equals(Files.readString(BOOT_ID).strip());
  }

  void write(SnapshotStore store, Snapshot tried) throws IOException {
    try (Dir place = store.open(tried.number())) {
      byte[] text = (bootId + "\n" + triesLeft + "\n").getBytes(StandardCharsets.US_ASCII);
      place.writeAtomically(NAME, text, 0644);
    }
  }

  /** Empty where there is none, or nobody can make sense of it. */
  static Optional<TrialNote> read(SnapshotStore store, Snapshot tried) throws IOException {
    try (Dir place = store.open(tried.number())) {
      if (place.find(NAME).isEmpty()) {
        return Optional.empty();
      }
      String text = new String(place.readAll(NAME, LIMIT), StandardCharsets.US_ASCII);
      List<String> lines = text.lines().toList();
      return lines.size() == 2 && lines.get(1).matches("[0-9]")
          ? Optional.of(new TrialNote(lines.get(0), Integer.parseInt(lines.get(1))))
          : Optional.empty();
    }
  }
}

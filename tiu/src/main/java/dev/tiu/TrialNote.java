package dev.tiu;

import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
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
  private static final SnapshotNote NOTE = new SnapshotNote("trial");

  /**
   * The boot in which a trial was armed whose reboot nobody has asked for yet: {@code
   * N/tiu/trial-waits}. Only where tiu-finalize.service would hear of that.
   */
  private static final SnapshotNote WAITS = new SnapshotNote("trial-waits");

  static TrialNote now(int triesLeft) throws IOException {
    return new TrialNote(BootNumber.thisBoot(), triesLeft);
  }

  boolean isOfThisBoot() throws IOException {
    return bootId.equals(BootNumber.thisBoot());
  }

  void write(SnapshotStore store, Snapshot tried) throws IOException {
    new BootNumber(bootId, triesLeft).write(NOTE, store, tried);
  }

  /** Whether the machine went off, and wasn't asked to reboot: then the try wasn't made. */
  boolean isWaiting(SnapshotStore store, Snapshot tried) throws IOException {
    return WAITS.read(store, tried).filter(bootId::equals).isPresent();
  }

  /** Notes that somebody has yet to ask for the reboot. */
  void writeWaiting(SnapshotStore store, Snapshot tried) throws IOException {
    WAITS.write(store, tried, bootId);
  }

  /** The machine is on its way to the try. */
  static void asked(SnapshotStore store, Snapshot tried) throws IOException {
    WAITS.remove(store, tried);
  }

  /** Empty where there is none, or nobody can make sense of it. */
  static Optional<TrialNote> read(SnapshotStore store, Snapshot tried) throws IOException {
    return BootNumber.read(NOTE, store, tried, 1)
        .map(noted -> new TrialNote(noted.bootId(), noted.number()));
  }
}

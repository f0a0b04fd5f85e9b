package dev.tiu;

import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;

/**
 * A snapshot on trial on which no verdict can be given: the boot loader counts its boots, so it is
 * to boot, until the loader goes back. Where that doesn't help either, as nothing counts them, the
 * machine stays up at last.
 */
final class UnjudgedTrial {
  /** More than a trial has as a rule. */
  private static final int MOST_BOOTS = 4;

  private final Console console;
  private final HealthNotice notice;

  UnjudgedTrial(Console console, HealthNotice notice) {
    this.console = console;
    this.notice = notice;
  }

  /** Whether what runs is neither the default nor decided on. */
  static boolean isOne(Snapshot booted) {
    return !booted.isDefault()
        && (booted.is(SnapshotState.STAGED) || booted.is(SnapshotState.TRYING));
  }

  /**
   * Reboots out of it, if that is what runs.
   *
   * @param cause why there is no verdict; what goes wrong here too is added to it
   */
  void leave(Exception cause) {
    try (Device device = Device.ofRunningSystem();
        SnapshotStore store = device.snapshots()) {
      Snapshot booted = Verdict.booted(store);
      // Of one that is bad already, what was to follow couldn't be done.
      boolean isBad = !booted.isDefault() && booted.is(SnapshotState.BAD);
      if (!isOne(booted) && !isBad) {
        return;
      }
      if (boots(store, booted) <= MOST_BOOTS) {
        console.note(
            "There is no verdict on snapshot %d, which is on trial: the machine reboots, and goes back when its tries are used up"
                .formatted(booted.number()));
        boolean unused = Reboot.insist(console);
      } else {
        notice.show(
            "tiu: there is no verdict on snapshot %d, which is on trial (%s). The machine stays up for somebody to look at it: `journalctl -u tiu-health`"
                .formatted(booted.number(), cause.getMessage()));
        RemoteLogin.open();
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private static int boots(SnapshotStore store, Snapshot booted) {
    try {
      return FailedBoots.count(store, booted, BootNumber.thisBoot());
    } catch (IOException e) {
      // Where nothing can be written, the boot loader's own count is what there is.
      return 1;
    }
  }
}

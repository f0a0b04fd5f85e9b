package dev.tiu;

import dev.tiu.boot.BootPreparation.Initrds;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What follows from the health checks of a boot.
 *
 * <p>Each step may be made again, and a boot that finds only some of them made makes the rest:
 *
 * <ul>
 *   <li>On trial and good: the report; the boot loader's default, then btrfs's; the state.
 *   <li>On trial and bad: the report; the image among the rejected ones; the state; the trial's
 *       end. Cut off before the last step, the next boot may be one more of the trial, which finds
 *       the state and goes back at once.
 *   <li>The default, bad for the last time: the report; the number of such boots; the state; the
 *       other snapshot as the default. Cut off before the last step, the next boot finds the state
 *       and makes that step, whatever its checks say.
 * </ul>
 */
final class Verdict {
  private final Device device;
  private final SnapshotStore store;
  private final Boot boot;
  private final Console console;
  private final Configuration settings;

  /** What the machine is to do. */
  enum Next {
    /** Go on as it is. */
    STAY,
    /** Reboot, into what boots next. */
    REBOOT,
    /** Go on, as nothing better is left, and let a person in. */
    CALL_FOR_HELP
  }

  /**
   * What was decided.
   *
   * @param event for programs: {@code good}, {@code bad}, {@code healthy}, {@code unhealthy}
   */
  record Given(Snapshot booted, String event, String sentence, Next next) {}

  /**
   * For one boot.
   *
   * @param settings of the system that runs
   */
  Verdict(Device device, SnapshotStore store, Boot boot, Console console, Configuration settings) {
    this.device = device;
    this.store = store;
    this.boot = boot;
    this.console = console;
    this.settings = settings;
  }

  /** The snapshot that runs. */
  static Snapshot booted(SnapshotStore store) throws IOException {
    return Snapshot.running(store.list())
        .orElseThrow(
            () ->
                new DeviceException(
                    "the system that runs is none of tiu's snapshots, so there is no verdict on it."
                        + " `tiu health check` makes the checks all the same"));
  }

  /** Gives it; the caller holds the device's lock. */
  Given give(HealthRecord record) throws IOException {
    Recovery.recover(device, store, boot, console);
    Snapshot booted = booted(store);
    boolean again = wasBadInThisBoot(booted, record.boot());
    record.write(store, booted);
    String reason = Optional.ofNullable(record.reason()).orElse("");
    return switch (BootRole.of(booted, boot)) {
      case TRIAL ->
          record.good() && !booted.is(SnapshotState.BAD)
              ? accept(booted)
              : reject(booted, booted.is(SnapshotState.BAD) ? knownReason(booted) : reason);
      case DEFAULT -> {
        if (booted.is(SnapshotState.BAD)) {
          yield leave(booted, knownReason(booted));
        }
        yield record.good() ? keep(booted) : suffer(booted, record.boot(), reason);
      }
      case CHOSEN ->
          again && booted.is(SnapshotState.BAD)
              ? new Given(
                  booted,
                  "bad",
                  "Snapshot %d is bad (%s); the default boots again"
                      .formatted(booted.number(), knownReason(booted)),
                  Next.REBOOT)
              : chosen(booted, record.good(), reason);
    };
  }

  /** Then the verdict was given, and what it said was to follow didn't. */
  private boolean wasBadInThisBoot(Snapshot booted, String boot) {
    try {
      return HealthRecord.read(store, booted)
          .filter(before -> before.boot().equals(boot) && !before.good())
          .isPresent();
    } catch (IOException e) {
      // One that can't be read says nothing.
      return false;
    }
  }

  private static String knownReason(Snapshot booted) {
    return booted.info().reason().orElse("it is marked bad");
  }

  private Given accept(Snapshot booted) throws IOException {
    new Activation(device, store, boot, console).accept(booted);
    FailedBoots.forget(store, booted);
    prune();
    return new Given(
        booted,
        "good",
        "Snapshot %d is good, and the default".formatted(booted.number()),
        Next.STAY);
  }

  /** What can't be pruned is no reason to doubt a system that is good. */
  private void prune() {
    if (settings.update().keep().isEmpty()) {
      return;
    }
    try {
      for (Snapshot old : new Pruning(store, boot).keepNewest(settings.update().keep().get())) {
        console.print("Removed snapshot %d".formatted(old.number()));
      }
    } catch (IOException e) {
      console.note("Old snapshots can't be removed: " + e.getMessage());
    }
  }

  private Given reject(Snapshot booted, String reason) throws IOException {
    Optional<Snapshot> present = store.list().stream().filter(Snapshot::isDefault).findFirst();
    present.filter(Snapshot::isOurs).ifPresent(to -> carry(booted, to));
    store.setBad(booted, reason);
    boot.disarm();
    return new Given(
        booted,
        "bad",
        "Snapshot %d is bad (%s); %s boots again"
            .formatted(
                booted.number(),
                reason,
                present.map(p -> "snapshot " + p.number()).orElse("the default")),
        Next.REBOOT);
  }

  private Given keep(Snapshot booted) throws IOException {
    FailedBoots.forget(store, booted);
    return new Given(
        booted,
        "healthy",
        "Snapshot %d, the default, is healthy".formatted(booted.number()),
        Next.STAY);
  }

  /** The default is bad; it may be better after another boot. */
  private Given suffer(Snapshot booted, String bootId, String reason) throws IOException {
    int failed = FailedBoots.count(store, booted, bootId);
    int limit = settings.health().failures();
    if (failed >= limit) {
      return leave(booted, "%s, in %s running".formatted(reason, Console.count(failed, "boot")));
    }
    return new Given(
        booted,
        "unhealthy",
        "Snapshot %d, the default, isn't healthy (%s); the machine boots it again, for the %s of %d times"
            .formatted(booted.number(), reason, ordinal(failed + 1), limit),
        Next.REBOOT);
  }

  private static String ordinal(int n) {
    return switch (n) {
      case 2 -> "2nd";
      case 3 -> "3rd";
      default -> n + "th";
    };
  }

  /** To the newest other good snapshot; to the one for recovery, when there is none. */
  private Given leave(Snapshot booted, String reason) throws IOException {
    Activation activation = new Activation(device, store, boot, console);
    boolean bad = booted.is(SnapshotState.BAD);
    for (Snapshot other : others(booted)) {
      try {
        // Before it is bad: what can't take its place costs it nothing.
        boot.publish(other, Initrds.KEPT);
        carry(booted, other);
        if (!bad) {
          store.setBad(booted, reason);
          bad = true;
        }
        activation.makeDefault(other, Initrds.KEPT);
        return new Given(
            booted,
            "bad",
            "Snapshot %d is bad (%s); snapshot %d is the default and boots"
                .formatted(booted.number(), reason, other.number()),
            Next.REBOOT);
      } catch (IOException e) {
        console.note(
            "Snapshot %d can't take its place: %s".formatted(other.number(), e.getMessage()));
      }
    }
    if (bad) {
      // It has to go on, and its next boot is judged by its checks again.
      store.setState(booted, SnapshotState.GOOD);
    }
    return new Given(
        booted,
        "unhealthy",
        "Snapshot %d isn't healthy (%s), and no other one is left to boot. The machine stays up for somebody to look at it: `tiu health report`, `tiu list`"
            .formatted(booted.number(), reason),
        Next.CALL_FOR_HELP);
  }

  private List<Snapshot> others(Snapshot booted) throws IOException {
    List<Snapshot> all = store.list();
    Optional<Integer> recovery = boot.recovery();
    List<Snapshot> others = new ArrayList<>();
    all.stream()
        .filter(s -> s.is(SnapshotState.GOOD) && s.root().isPresent())
        .filter(s -> recovery.filter(n -> n == s.number()).isEmpty())
        .sorted(Comparator.comparingInt(Snapshot::number).reversed())
        .forEach(others::add);
    all.stream()
        .filter(s -> recovery.filter(n -> n == s.number()).isPresent() && s.root().isPresent())
        .forEach(others::add);
    others.removeIf(s -> s.number() == booted.number());
    return others;
  }

  private static Given chosen(Snapshot booted, boolean good, String reason) {
    return new Given(
        booted,
        good ? "healthy" : "unhealthy",
        good
            ? "Snapshot %d, which was chosen in the boot menu, is healthy"
                .formatted(booted.number())
            : "Snapshot %d, which was chosen in the boot menu, isn't healthy (%s); nothing follows from that"
                .formatted(booted.number(), reason),
        Next.STAY);
  }

  /** What every system of the machine is to have, such as passwords. */
  private void carry(Snapshot from, Snapshot to) {
    try {
      EtcCarry.carry(store, from.number(), to.number()).note("goes along", console);
    } catch (IOException e) {
      console.note("Not all of /etc that goes along could: " + e.getMessage());
    }
  }
}

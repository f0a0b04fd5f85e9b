package dev.tiu;

import dev.tiu.boot.loader.LoaderState.Trial;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.SharedVar;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * What is done early in each boot, before services start: edits of /etc that a power cut kept from
 * the new system come in, /var is kept for the system that was left, and who runs is noted.
 *
 * <p>Each step may be made again, so a boot that is cut off does them in the next one.
 */
final class Arrival {
  private final Device device;
  private final SnapshotStore store;
  private final Boot boot;
  private final Console console;
  private final Clock clock;
  private boolean complete = true;

  Arrival(Device device, SnapshotStore store, Boot boot, Console console, Clock clock) {
    this.clock = clock;
    this.device = device;
    this.store = store;
    this.boot = boot;
    this.console = console;
  }

  /**
   * Carries it out; the caller holds the device's lock.
   *
   * @throws DeviceException if what runs is none of tiu's snapshots
   */
  BootRole run() throws IOException {
    Recovery.recover(device, store, boot, console, EntryRenewal.Generators.MAY_NOT_RUN);
    List<Snapshot> all = store.list();
    Snapshot booted =
        Snapshot.running(all)
            .orElseThrow(
                () ->
                    new DeviceException(
                        "the system that runs is none of tiu's snapshots, so nothing is noted of"
                            + " this boot. `tiu list` shows those that there are"));
    attempt(() -> finishEtc(booted));
    attempt(() -> takeVar(booted, all));
    BootRole role = BootRole.of(booted, boot);
    switch (role) {
      case DEFAULT -> endTrial(booted);
      case TRIAL -> {
        if (booted.is(SnapshotState.STAGED)) {
          store.setState(booted, SnapshotState.TRYING);
        } else if (booted.is(SnapshotState.BAD)) {
          // The verdict was given, and the end of the trial was lost.
          boot.disarm();
          console.print(
              "Snapshot %d is bad, which the boot loader didn't hear of: the machine boots the default"
                  .formatted(booted.number()));
          Reboot.request(console);
        }
        endUncounted(booted);
      }
      case CHOSEN -> {
        // The default stays; a person has to decide.
      }
    }
    return role;
  }

  /** Whether each step could be done; what couldn't was said. */
  boolean isComplete() {
    return complete;
  }

  /** One of the steps that don't need each other. */
  private interface Work {
    void run() throws IOException;
  }

  /** What fails is said, and what else belongs to a boot is done all the same. */
  private void attempt(Work work) {
    try {
      work.run();
    } catch (IOException e) {
      complete = false;
      console.note(String.valueOf(e.getMessage()));
    }
  }

  private void finishEtc(Snapshot booted) throws IOException {
    EtcFinish finish = new EtcFinish(device, store, clock);
    try {
      EtcFinish.Result etc = finish.finish(booted);
      if (etc.outcome() != EtcFinish.Outcome.NOTHING) {
        console.print(etc.outcome().sentence(booted.number()));
      }
    } finally {
      if (finish.changesUnits()) {
        SystemdReload.run(console);
      }
    }
  }

  private void takeVar(Snapshot booted, List<Snapshot> all) throws IOException {
    SharedVar var = new SharedVar(device, store);
    Optional<Snapshot> left = Takeover.read(store, booted);
    if (left.isPresent()) {
      Takeover.keepVar(var, left.get(), console);
    }
    Takeover.remove(store, booted);
    LinkReport.print(var.fitLinks(booted, all), booted, device, console);
  }

  /** Else it would be tried for ever. */
  private void endUncounted(Snapshot booted) throws IOException {
    if (boot.endIfUncounted()) {
      console.note(
          ("This boot of snapshot %d, which is on trial, wasn't counted: its initrd couldn't write to"
                  + " the boot partition. So it is the last one: the default boots next, unless"
                  + " `tiu mark-good` is given before")
              .formatted(booted.number()));
    }
  }

  /** A snapshot on trial that isn't what booted has failed when it has no try left. */
  private void endTrial(Snapshot booted) throws IOException {
    Optional<Trial> trial = boot.trial();
    if (trial.isEmpty()) {
      return;
    }
    Optional<Snapshot> tried = store.find(trial.get().number());
    if (tried.isEmpty()) {
      boot.disarm();
      return;
    }
    if (tried.get().is(SnapshotState.BAD)) {
      // The verdict was given, and the end of the trial was lost.
      boot.disarm();
      return;
    }
    int left = boot.triesLeft(tried.get(), trial.get());
    if (left > 0) {
      console.print(
          "Snapshot %d is still to be tried; %s left. Until then the default runs"
              .formatted(tried.get().number(), Console.count(left, "boot")));
      return;
    }
    reject(tried.get(), booted, reason(tried.get()));
    boot.disarm();
  }

  private static String reason(Snapshot tried) {
    return tried.is(SnapshotState.TRYING)
        ? "its trial boots ended before anybody marked it good"
        : "none of its trial boots came up";
  }

  /** What the tried system was told to take along goes back, such as passwords. */
  private void reject(Snapshot tried, Snapshot booted, String reason) throws IOException {
    if (tried.is(SnapshotState.TRYING)) {
      attempt(() -> carryBack(tried, booted));
    }
    store.setBad(tried, reason);
    console.print("Snapshot %d is bad: %s".formatted(tried.number(), reason));
  }

  private void carryBack(Snapshot tried, Snapshot booted) throws IOException {
    EtcCarry.carry(store, tried.number(), booted.number()).note("comes back", console);
  }
}

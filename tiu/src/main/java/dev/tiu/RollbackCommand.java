package dev.tiu;

import dev.tiu.boot.BootPreparation.Initrds;
import dev.tiu.boot.loader.LoaderState.Trial;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.Retention;
import dev.tiu.snapshot.SharedVar;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tiu rollback}. */
@Command(
    name = "rollback",
    description = "Make another snapshot the default: the one before, or number N.",
    mixinStandardHelpOptions = true)
final class RollbackCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private BootOptions start;
  @Mixin private DeviceOptions.Lock lock;
  @Mixin private JsonOption json;

  @Option(
      names = "--keep-etc",
      description =
          "Take the present /etc along: merged into that of N as an update would merge it. What N"
              + " had lies in its etc-before.")
  private boolean keepEtc;

  @Option(
      names = "--var",
      description =
          "Also put back /var as the snapshot keeps it, from when its system used it last. Today's"
              + " is kept by the snapshot that is left.")
  private boolean withVar;

  @Parameters(
      paramLabel = "N",
      arity = "0..1",
      description =
          "Which snapshot (default: the one that the present default was made from, or else the"
              + " newest good one before it).")
  private Optional<Integer> number = Optional.empty();

  RollbackCommand(Context context) {
    this.context = context;
  }

  /**
   * What was done.
   *
   * @param varPutBack whether /var is what the snapshot kept
   * @param varUsedUntilReboot whether the running system goes on with the one until now
   */
  private record Result(
      SnapshotView isDefault, boolean changed, boolean varPutBack, boolean varUsedUntilReboot) {}

  @Override
  public Integer call() throws IOException {
    try (Device target = device.open();
        SnapshotStore store = target.snapshots();
        Boot boot = start.open(target, store)) {
      lock.hold(target, "rollback", () -> rollBack(target, store, boot));
    }
    return ExitCode.OK.number();
  }

  private void rollBack(Device target, SnapshotStore store, Boot boot) throws IOException {
    Recovery.recover(target, store, boot, context.console());
    List<Snapshot> all = store.list();
    Optional<Snapshot> tried = onTrial(all, boot);
    Snapshot named = choose(all, tried);
    boolean givesUp = tried.filter(t -> t.number() != named.number()).isPresent();
    boolean changes = !named.isDefault() || givesUp;
    if (!changes && keepEtc) {
      throw new UsageException(
          "snapshot %d already is the default: --keep-etc goes with a change of the default"
              .formatted(named.number()));
    }
    requireImageForEtc(named);
    Optional<Snapshot> left =
        changes ? left(all).filter(from -> from.number() != named.number()) : Optional.empty();
    Snapshot chosen = left.isPresent() ? prepareEtc(target, store, left.get(), named) : named;
    boolean used = withVar && new SharedVar(target, store).isInUse();
    Activation activation = new Activation(target, store, boot, context.console());
    Initrds initrds = keepEtc ? Initrds.ANEW : Initrds.KEPT;
    if (chosen.number() != named.number()) {
      boot.takeInitrds(named, chosen);
    }
    if (!keepEtc && named.is(SnapshotState.STAGED)) {
      new EntryRenewal(store, boot, context.console()).renewInitrds(chosen);
    }
    if (givesUp) {
      giveUp(store, boot, tried.get());
    }
    if (withVar) {
      activation.makeDefaultWithVar(chosen, initrds);
    } else if (!chosen.isDefault()) {
      activation.makeDefault(chosen, initrds);
    }
    SnapshotView now = SnapshotView.of(store.find(chosen.number()).orElseThrow());
    report(target, new Result(now, changes, withVar, used));
  }

  /** What such a system shipped in /etc isn't known, and what a merge doesn't know, it drops. */
  private void requireImageForEtc(Snapshot named) throws DeviceException {
    if (keepEtc && named.isAdopted()) {
      throw new DeviceException(
          ("snapshot %d was adopted, and its system needs files of /etc that no image describes, so"
                  + " that today's /etc can't be made its own. Nothing was changed; without"
                  + " --keep-etc it boots with the /etc that it had")
              .formatted(named.number()));
    }
  }

  /** What runs on trial, or is to be tried by the next boot. */
  private static Optional<Snapshot> onTrial(List<Snapshot> all, Boot boot) throws IOException {
    Optional<Trial> trial = boot.trial();
    return all.stream()
        .filter(s -> trial.filter(t -> t.number() == s.number()).isPresent())
        .filter(s -> s.isBooted() || trial.get().triesLeft() > 0)
        .findFirst();
  }

  /** One that was never booted may be tried another time. */
  private static void giveUp(SnapshotStore store, Boot boot, Snapshot tried) throws IOException {
    if (tried.is(SnapshotState.TRYING)) {
      store.setBad(tried, "its trial was ended with `tiu rollback`");
    }
    boot.disarm();
  }

  /** The system that is left: the one that runs, or on a disk that doesn't run, the default. */
  private static Optional<Snapshot> left(List<Snapshot> all) {
    return Snapshot.inUse(all).filter(Snapshot::isOurs);
  }

  /**
   * Before the switch, so that the chosen system never boots without it; until then nobody uses the
   * /etc that is changed.
   *
   * @return the snapshot that becomes the default: another one if files have to have other owners
   */
  private Snapshot prepareEtc(Device target, SnapshotStore store, Snapshot left, Snapshot named)
      throws IOException {
    Snapshot chosen = named;
    EtcFinish finish = new EtcFinish(target, store, context.clock());
    boolean merges = keepEtc || named.is(SnapshotState.STAGED);
    if (merges && withVar) {
      finish.requireFit(named, left);
    }
    if (keepEtc) {
      EtcFinish.Taken taken = finish.take(named, left);
      EtcSummary.print(taken.report(), context.console());
      chosen = taken.snapshot();
    } else if (merges) {
      chosen = finish.finish(named).snapshot();
    }
    if (chosen.number() != named.number()) {
      context
          .console()
          .note(
              "Accounts here have numbers of some in snapshot %d: snapshot %d was made in its place,"
                      .formatted(named.number(), chosen.number())
                  + " in which those have others");
    }
    EtcCarry.carry(store, left.number(), chosen.number()).note("goes along", context.console());
    return chosen;
  }

  /** Without a number, during a trial: back to the default. */
  private Snapshot choose(List<Snapshot> all, Optional<Snapshot> tried) throws IOException {
    Optional<Snapshot> present = all.stream().filter(Snapshot::isDefault).findFirst();
    if (number.isEmpty() && tried.isPresent() && present.isPresent()) {
      return present.get();
    }
    if (number.isEmpty()) {
      return Retention.before(all)
          .orElseThrow(
              () ->
                  new DeviceException(
                      "there is no good snapshot before the present default. `tiu list` shows"
                          + " those that there are"));
    }
    Snapshot chosen =
        all.stream()
            .filter(s -> s.number() == number.get())
            .findFirst()
            .orElseThrow(
                () ->
                    new DeviceException(
                        "there is no snapshot %d. `tiu list` shows those that there are"
                            .formatted(number.get())));
    if (!chosen.isBootable()) {
      throw new DeviceException(
          "snapshot %d can't be booted: %s. The default stays as it is"
              .formatted(chosen.number(), why(chosen)));
    }
    return chosen;
  }

  private static String why(Snapshot snapshot) {
    if (!snapshot.isOurs()) {
      return "tiu didn't make it";
    }
    if (snapshot.is(SnapshotState.BAD)) {
      return "it is bad, " + snapshot.info().reason().orElse("for a reason that wasn't noted");
    }
    return snapshot.is(SnapshotState.BUILDING) ? "it is only half built" : "its root is missing";
  }

  private void report(Device target, Result result) {
    Console console = context.console();
    if (json.isOn()) {
      console.json(result);
      return;
    }
    SnapshotView chosen = result.isDefault();
    console.print(
        result.changed()
            ? "Snapshot %d, %s, is the default%s"
                .formatted(
                    chosen.number(),
                    chosen.versionText(),
                    target.isRunning() ? "; it boots next" : "")
            : "Snapshot %d, %s, already is the default"
                .formatted(chosen.number(), chosen.versionText()));
    if (result.varPutBack()) {
      console.print("/var is what snapshot %d kept".formatted(chosen.number()) + until(result));
    }
  }

  private static String until(Result result) {
    return result.varUsedUntilReboot()
        ? ", from the next boot on. The running system goes on with today's, which is kept: what is"
            + " written to it until then isn't in the one that was put back"
        : "; the one until now is kept";
  }
}

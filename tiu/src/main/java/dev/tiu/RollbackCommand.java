package dev.tiu;

import dev.tiu.boot.DefaultSubvolume;
import dev.tiu.etcmerge.Policies;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
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
        SnapshotStore store = target.snapshots()) {
      lock.hold(target, "rollback", () -> rollBack(target, store));
    }
    return ExitCode.OK.number();
  }

  private void rollBack(Device target, SnapshotStore store) throws IOException {
    Recovery.recover(target, store, context.console());
    List<Snapshot> all = store.list();
    Snapshot named = choose(all);
    boolean changes = !named.isDefault();
    if (!changes && keepEtc) {
      throw new UsageException(
          "snapshot %d already is the default: --keep-etc goes with a change of the default"
              .formatted(named.number()));
    }
    Optional<Snapshot> left =
        changes ? left(all).filter(from -> from.number() != named.number()) : Optional.empty();
    Snapshot chosen = left.isPresent() ? prepareEtc(target, store, left.get(), named) : named;
    boolean used = withVar && new SharedVar(target, store).isInUse();
    Activation activation =
        new Activation(target, store, new DefaultSubvolume(target.top()), context.console());
    if (withVar) {
      activation.makeDefaultWithVar(chosen);
    } else if (changes) {
      activation.makeDefault(chosen);
    }
    SnapshotView now = SnapshotView.of(store.find(chosen.number()).orElseThrow());
    report(target, new Result(now, changes, withVar, used));
  }

  /** The system that is left: the one that runs, or on a disk that doesn't run, the default. */
  private static Optional<Snapshot> left(List<Snapshot> all) {
    return all.stream()
        .filter(Snapshot::isBooted)
        .findFirst()
        .or(() -> all.stream().filter(Snapshot::isDefault).findFirst())
        .filter(Snapshot::isOurs);
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
    try (Dir from = store.openLiveEtc(left.number());
        Dir to = store.openLiveEtc(chosen.number())) {
      Policies policies = EtcSettings.policies(from, EtcSettings.ofImage(store, left.number()));
      for (BytePath path : EtcCarry.carry(from, to, policies)) {
        context
            .console()
            .note("/etc/%s goes along from snapshot %d".formatted(path, left.number()));
      }
    }
    return chosen;
  }

  private Snapshot choose(List<Snapshot> all) throws IOException {
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
    String version = Optional.ofNullable(chosen.version()).orElse("unknown");
    console.print(
        result.changed()
            ? "Snapshot %d, version %s, is the default%s"
                .formatted(chosen.number(), version, target.isRunning() ? "; it boots next" : "")
            : "Snapshot %d, version %s, already is the default"
                .formatted(chosen.number(), version));
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

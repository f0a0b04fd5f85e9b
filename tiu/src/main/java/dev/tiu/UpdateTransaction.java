package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.BundleException;
import dev.tiu.bundle.Version;
import dev.tiu.bundle.squashfs.SquashfsException;
import dev.tiu.etcmerge.EtcMerge;
import dev.tiu.etcmerge.MergeReport;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Machine;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.ImageReference;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotBuilder;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import dev.tiu.snapshot.UpdatePlan;
import dev.tiu.verity.VerityException;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * One update: check, plan, build, merge, seal, switch.
 *
 * <p>Until the switch nothing that the device uses is touched, but for names missing in the shared
 * directories. A failure before it removes the half-built snapshot; a process that is killed leaves
 * it, and the next run goes on with it. The switch is the change of the default; what is written
 * after it (the state good) is put right by the next command if it is lost.
 */
final class UpdateTransaction {
  /**
   * What the caller decides.
   *
   * @param device names of the device, where they aren't to be read from it
   */
  record Options(
      Optional<String> device, boolean allowDowngrade, boolean force, boolean stage, int threads) {}

  private final Device device;
  private final SnapshotStore store;
  private final Activation activation;
  private final Bundle bundle;
  private final ImageReference image;
  private final Options options;
  private final Console console;
  private final Clock clock;

  UpdateTransaction(
      Device device,
      SnapshotStore store,
      Activation activation,
      Bundle bundle,
      Options options,
      Console console,
      Clock clock) {
    this.device = device;
    this.store = store;
    this.activation = activation;
    this.bundle = bundle;
    this.image = new ImageReference(bundle.imageId(), bundle.manifest().version().toString());
    this.options = options;
    this.console = console;
    this.clock = clock;
  }

  /** Carries it out; the caller holds the device's lock. */
  void run() throws IOException {
    Recovery.recover(store);
    Snapshot base = base();
    Configuration configuration = configuration(base);
    requireFit(base, configuration);
    boolean stage = options.stage() || configuration.trial().asksForTrial();
    Optional<Snapshot> present = options.force() ? Optional.empty() : present(base);
    boolean waiting = present.filter(s -> s.is(SnapshotState.STAGED) && !s.isBooted()).isPresent();
    if (waiting) {
      // Its /etc may be older than the last edit: it is opened again, and merged anew.
      store.setState(present.get(), SnapshotState.BUILDING);
    } else if (present.isPresent()) {
      sayPresent(present.get());
      return;
    }
    Snapshot made = build(base);
    if (stage) {
      console.print(
          "Snapshot %d is whole and waits. `tiu rollback %d` makes it the default"
              .formatted(made.number(), made.number()));
    } else {
      activateNew(made, base);
    }
  }

  /** A new snapshot that can't become the default doesn't stay: the device is as it was. */
  private void activateNew(Snapshot made, Snapshot base) throws IOException {
    try {
      activate(made, base);
    } catch (IOException e) {
      Optional<Snapshot> now = store.find(made.number());
      if (now.isPresent() && !now.get().isDefault()) {
        store.remove(now.get());
      }
      throw e;
    }
  }

  /** The system that runs, or on a disk that doesn't run, the one that would. */
  private Snapshot base() throws IOException {
    List<Snapshot> all = store.list();
    Snapshot base =
        all.stream()
            .filter(Snapshot::isBooted)
            .findFirst()
            .or(() -> all.stream().filter(Snapshot::isDefault).findFirst())
            .orElseThrow(
                () ->
                    new DeviceException(
                        "the default of %s is none of its snapshots. Choose one with"
                                .formatted(device.name())
                            + " `tiu rollback N`; `tiu list` shows them"));
    if (!base.isOurs()) {
      throw new DeviceException(
          "snapshot %d, which an update would start from, wasn't made by tiu."
                  .formatted(base.number())
              + " Choose one of tiu's with `tiu rollback N`; `tiu list` shows them");
    }
    return base;
  }

  private Configuration configuration(Snapshot base) throws IOException {
    try (Dir etc = store.openLiveEtc(base.number())) {
      return Configuration.read(etc);
    }
  }

  private void requireFit(Snapshot base, Configuration configuration) throws IOException {
    Fitness fitness = new Fitness(bundle.manifest());
    fitness.requireCompatible(DeviceNames.of(options.device(), configuration, device.isRunning()));
    if (device.isRunning()) {
      fitness.requireArchitecture(Machine.architecture());
    }
    try (Bundle installed = store.openRecord(base.number())) {
      fitness.requireArchitecture(installed.manifest().architecture());
      fitness.requireVersion(installed.manifest().version(), options.allowDowngrade());
    } catch (DeviceException | BundleException | VerityException e) {
      console.note(
          "The record of snapshot %d is damaged: %s".formatted(base.number(), e.getMessage()));
      Optional<ImageReference> installed = base.info().image();
      if (installed.isPresent()) {
        fitness.requireVersion(new Version(installed.get().version()), options.allowDowngrade());
      }
    }
  }

  /** The snapshot that already holds this image. */
  private Optional<Snapshot> present(Snapshot base) throws IOException {
    List<Snapshot> same =
        store.list().stream()
            .filter(
                s ->
                    s.info().image().map(ImageReference::id).filter(image.id()::equals).isPresent())
            .toList();
    for (Snapshot snapshot : same) {
      if (snapshot.is(SnapshotState.BAD)) {
        throw new UnfitException(
            "this image is known to be bad since snapshot %d (%s). Nothing was changed;"
                    .formatted(
                        snapshot.number(), snapshot.info().reason().orElse("no reason noted"))
                + " --force installs it again");
      }
    }
    return same.stream().filter(Snapshot::isBootable).max((a, b) -> rank(a, base) - rank(b, base));
  }

  private static int rank(Snapshot snapshot, Snapshot base) {
    return snapshot.isDefault() ? 2 : snapshot.number() == base.number() ? 1 : 0;
  }

  private void sayPresent(Snapshot present) {
    int number = present.number();
    if (present.isDefault()) {
      console.print("This image is already installed: snapshot %d, the default".formatted(number));
    } else {
      console.print(
          "This image is already there as snapshot %d, %s. `tiu rollback %d` makes it the default"
              .formatted(number, present.info().state().orElseThrow().label(), number));
    }
  }

  private Snapshot build(Snapshot base) throws IOException {
    UpdatePlan plan = plan(base);
    boolean resumes = Recovery.removeUnfinishedExcept(store, image, base);
    if (!resumes) {
      Fitness.requireSpace(plan.diskBytes(), device.space(), device.name());
    }
    PlanSummary.print(plan, console);
    SnapshotBuilder builder =
        SnapshotBuilder.begin(
            store, image, Optional.of(base), Descriptions.of(bundle.manifest()), clock.instant());
    if (builder.isResumed()) {
      console.print("Going on with snapshot %d, which was interrupted".formatted(builder.number()));
    }
    try (builder) {
      builder.apply(plan, bundle, options.threads(), bytes -> {});
      MergeReport report = mergeEtc(builder);
      builder.keepFile(EtcReport.NAME, EtcReport.json(report));
      builder.seal(plan, bundle, base.info().image());
      EtcReport.print(report, console);
    } catch (IOException | RuntimeException e) {
      discard(builder, e);
      throw e;
    }
    return store.find(builder.number()).orElseThrow();
  }

  private void discard(SnapshotBuilder builder, Exception cause) {
    try {
      builder.discard();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private UpdatePlan plan(Snapshot base) throws IOException {
    // What is damaged in the new image shows here, and isn't taken for damage of the base.
    bundle.readDescription();
    try {
      return UpdatePlan.fromSnapshot(store, base, bundle);
    } catch (DeviceException | BundleException | VerityException | SquashfsException e) {
      console.note(
          "Snapshot %d can't be built upon: %s. Everything is written anew"
              .formatted(base.number(), e.getMessage()));
      return UpdatePlan.fromNothing(bundle);
    }
  }

  private static MergeReport mergeEtc(SnapshotBuilder builder) throws IOException {
    try (SnapshotBuilder.EtcTrees trees = builder.prepareEtc()) {
      return EtcMerge.merge(trees.base(), trees.image(), trees.result());
    }
  }

  private void activate(Snapshot snapshot, Snapshot before) throws IOException {
    activation.makeDefault(snapshot);
    console.print(
        "Snapshot %d, version %s, is the default; `tiu rollback %d` goes back"
            .formatted(snapshot.number(), image.version(), before.number()));
  }
}

package dev.tiu;

import dev.tiu.boot.BootException;
import dev.tiu.boot.BootPreparation.Initrds;
import dev.tiu.boot.loader.Counting;
import dev.tiu.boot.loader.LoaderState.Trial;
import dev.tiu.boot.loader.UntriableException;
import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.BundleException;
import dev.tiu.bundle.EtcPolicy;
import dev.tiu.bundle.delta.Delta;
import dev.tiu.bundle.squashfs.SquashfsException;
import dev.tiu.etcmerge.accounts.AccountNote;
import dev.tiu.etcmerge.accounts.MergedAccounts;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.snapshot.Applied;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.ImageReference;
import dev.tiu.snapshot.Layout;
import dev.tiu.snapshot.Rejection;
import dev.tiu.snapshot.Skeletons;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotBuilder;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import dev.tiu.snapshot.Sources;
import dev.tiu.snapshot.UpdatePlan;
import dev.tiu.verity.VerityException;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

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
   * @param hooks of the machine, if it is the device
   */
  record Options(
      Optional<String> device,
      boolean allowDowngrade,
      boolean force,
      boolean stage,
      int threads,
      Optional<Hooks> hooks) {}

  private final Device device;
  private final SnapshotStore store;
  private final Boot boot;
  private final Activation activation;
  private final Bundle bundle;
  private final Deltas deltas;
  private final ImageReference image;
  private final Options options;
  private final Console console;
  private final Clock clock;
  private int patched;
  private int toBeTried;

  UpdateTransaction(
      Device device,
      SnapshotStore store,
      Boot boot,
      Bundle bundle,
      Deltas deltas,
      Options options,
      Console console,
      Clock clock) {
    this.device = device;
    this.store = store;
    this.boot = boot;
    this.activation = new Activation(device, store, boot, console);
    this.bundle = bundle;
    this.deltas = deltas;
    this.image = new ImageReference(bundle.imageId(), bundle.manifest().version().toString());
    this.options = options;
    this.console = console;
    this.clock = clock;
  }

  /** Carries it out; the caller holds the device's lock. */
  void run() throws IOException {
    Recovery.recover(device, store, boot, console);
    boot.requireReady();
    toBeTried = boot.trial().filter(t -> t.triesLeft() > 0).map(Trial::number).orElse(0);
    InstalledSystem installed = InstalledSystem.of(device, store, options.device());
    Snapshot base = installed.base();
    requireFit(installed);
    requireDecided(base);
    Optional<Snapshot> present = options.force() ? Optional.empty() : present(base);
    boolean waiting =
        present
            .filter(s -> s.is(SnapshotState.STAGED) && !s.isBooted() && !isToBeTried(s))
            .isPresent();
    if (waiting) {
      Recovery.reopen(store, present.get());
    } else if (present.isPresent()) {
      sayPresent(present.get());
      return;
    }
    Map<String, String> told = told(base);
    if (options.hooks().isPresent()) {
      options.hooks().get().require(Hooks.Moment.PRE_UPDATE, told);
    }
    Snapshot made = build(base);
    bringIn(made, base, installed);
    told.put("TIU_SNAPSHOT", Integer.toString(made.number()));
    options.hooks().ifPresent(hooks -> hooks.tell(Hooks.Moment.POST_UPDATE, told));
  }

  /** What hooks are told. */
  private Map<String, String> told(Snapshot base) {
    Map<String, String> told = new LinkedHashMap<>();
    told.put("TIU_BASE", Integer.toString(base.number()));
    told.put("TIU_VERSION", image.version());
    told.put("TIU_IMAGE", image.id());
    return told;
  }

  private void bringIn(Snapshot made, Snapshot base, InstalledSystem installed) throws IOException {
    if (options.stage()) {
      console.print(waits(made));
    } else if (installed.configuration().trial().asksForTrial()) {
      tryNext(made);
    } else {
      activateNew(made, base);
    }
  }

  private static String waits(Snapshot made) {
    return "Snapshot %d is whole and waits. `tiu rollback %d` makes it the default"
        .formatted(made.number(), made.number());
  }

  /** What is built upon a system that may prove unfit would be unfit too. */
  private static void requireDecided(Snapshot base) throws DeviceException {
    if (base.isBooted() && base.is(SnapshotState.TRYING)) {
      throw new DeviceException(
          "snapshot %d, which runs, is on trial. Nothing was changed; `tiu mark-good` ends the trial,"
                  .formatted(base.number())
              + " or `tiu rollback`, and then it can be updated");
    }
  }

  private boolean isToBeTried(Snapshot snapshot) {
    return toBeTried == snapshot.number();
  }

  /** The default stays until the new snapshot has proved itself. */
  private void tryNext(Snapshot made) throws IOException {
    if (boot.counting() == Counting.NONE) {
      console.note(
          (boot.hasLoader()
                  ? "The boot loader can't end a trial that fails, so that nothing is tried."
                  : "There is no boot loader that tiu writes for, so that nothing can be tried.")
              + " trial = \"never\" in /etc/tiu/tiu.toml makes new snapshots the default at once");
      console.print(waits(made));
      return;
    }
    int tries;
    try {
      tries = activation.tryNext(made, defaultNow(), Initrds.ANEW);
    } catch (UntriableException e) {
      console.note(String.valueOf(e.getMessage()));
      console.print(waits(made));
      return;
    }
    console.print(
        "Snapshot %d, version %s, is on trial from the next boot on, for %s; then the default, %d,"
                .formatted(
                    made.number(),
                    image.version(),
                    Console.count(tries, "boot"),
                    defaultNow().number())
            + " boots again unless `tiu mark-good` was given");
    boot.weakness().ifPresent(weakness -> console.note("Of trials here: " + weakness));
  }

  private Snapshot defaultNow() throws IOException {
    return store.list().stream().filter(Snapshot::isDefault).findFirst().orElseThrow();
  }

  /**
   * What a run would write and download.
   *
   * @param moved accounts of the image's that would get other numbers
   * @param downloadBytes of file data and patches, should the sources be on a server
   */
  record Preview(UpdatePlan plan, List<AccountNote> moved, long downloadBytes) {
    Preview {
      moved = List.copyOf(moved);
    }
  }

  /** How many files the run has made by patches of a delta. */
  int patched() {
    return patched;
  }

  /** What a run would do, which changes nothing; empty if there is nothing to do. */
  Optional<Preview> preview() throws IOException {
    InstalledSystem installed = InstalledSystem.of(device, store, options.device());
    requireFit(installed);
    if (!options.force() && present(installed.base()).isPresent()) {
      return Optional.empty();
    }
    try (StartingPoint start = start(installed.base())) {
      takeContentTable(start);
      AccountUpdate accounts = accounts(start);
      UpdatePlan plan = plan(start, accounts);
      return Optional.of(new Preview(plan, accounts.moved(), plan.downloadBytes(bundle.image())));
    }
  }

  /**
   * A new snapshot that can't become the default doesn't stay: the device is as it was. One that
   * can't be made to boot stays, with what its initrd's generator said.
   */
  private void activateNew(Snapshot made, Snapshot base) throws IOException {
    try {
      activate(made, base);
    } catch (BootException e) {
      console.note("Snapshot %d stays, whole and unused".formatted(made.number()));
      throw e;
    } catch (IOException e) {
      Optional<Snapshot> now = store.find(made.number());
      if (now.isPresent() && !now.get().isDefault()) {
        store.remove(now.get());
      }
      throw e;
    }
  }

  private void requireFit(InstalledSystem installed) throws IOException {
    Fitness fitness = new Fitness(bundle.manifest());
    fitness.requireCompatible(installed.names());
    for (String architecture : installed.architectures()) {
      fitness.requireArchitecture(architecture);
    }
    if (installed.damage().isPresent()) {
      console.note(
          "The record of snapshot %d is damaged: %s"
              .formatted(installed.base().number(), installed.damage().get()));
    }
    if (installed.version().isPresent()) {
      fitness.requireVersion(installed.version().get(), options.allowDowngrade());
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
    Optional<Rejection> rejection = store.rejection(image.id());
    if (rejection.isPresent()) {
      throw new KnownBadException(
          "this image is known to be bad since snapshot %d (%s). Nothing was changed;"
                  .formatted(rejection.get().snapshot(), rejection.get().reason())
              + " --force installs it again");
    }
    return same.stream().filter(Snapshot::isBootable).max((a, b) -> rank(a, base) - rank(b, base));
  }

  private static int rank(Snapshot snapshot, Snapshot base) {
    return snapshot.isDefault() ? 2 : snapshot.number() == base.number() ? 1 : 0;
  }

  private void sayPresent(Snapshot present) {
    int number = present.number();
    if (isToBeTried(present)) {
      console.print(
          "This image is already there as snapshot %d, which the next boot tries"
              .formatted(number));
    } else if (present.isDefault()) {
      console.print("This image is already installed: snapshot %d, the default".formatted(number));
    } else {
      console.print(
          "This image is already there as snapshot %d, %s. `tiu rollback %d` makes it the default"
              .formatted(number, present.info().state().orElseThrow().label(), number));
    }
  }

  private Snapshot build(Snapshot base) throws IOException {
    OptionalInt described = Skeletons.describe(store, image, bundle);
    try (StartingPoint start = start(base)) {
      if (described.isEmpty()) {
        takeContentTable(start);
      }
      return build(start, described);
    }
  }

  private StartingPoint start(Snapshot base) throws IOException {
    Optional<Bundle> record = record(base);
    // It takes as long as reading the new image's description does, which follows.
    record.filter(r -> !r.hasSameContents(bundle)).ifPresent(Bundle::readAhead);
    return new StartingPoint(base, record, delta(base));
  }

  private Optional<Bundle> record(Snapshot base) throws IOException {
    if (base.isAdopted()) {
      console.note(
          "Snapshot %d was adopted, so that nothing describes its files: everything is written anew"
              .formatted(base.number()));
      return Optional.empty();
    }
    try {
      return Optional.of(store.openRecord(base.number()));
    } catch (DeviceException | BundleException | VerityException e) {
      sayUnusable(base, e);
      return Optional.empty();
    }
  }

  private void sayUnusable(Snapshot base, IOException cause) {
    console.note(
        "Snapshot %d can't be built upon: %s. Everything is written anew"
            .formatted(base.number(), cause.getMessage()));
  }

  /** A delta is never needed: without one, the bundle's ranges are read. */
  private Optional<Delta> delta(Snapshot base) {
    Optional<String> from = base.info().image().map(ImageReference::id);
    if (from.isEmpty() || from.get().equals(image.id())) {
      return Optional.empty();
    }
    try {
      return deltas.from(from.get());
    } catch (IOException e) {
      console.note(
          "The delta can't be used: %s. What differs is taken from the bundle"
              .formatted(e.getMessage()));
      return Optional.empty();
    }
  }

  /**
   * The delta's patches with the rest of the image, or the image's data alone: whatever is less to
   * download, the delta's index included.
   */
  private UpdatePlan cheapest(UpdatePlan plan, Optional<Delta> delta) throws IOException {
    if (plan.filesPatched() == 0 || delta.isEmpty() || deltas.isAsked()) {
      return plan;
    }
    UpdatePlan ranges = plan.withoutPatches();
    long index = delta.get().manifest().index().size();
    long patched = index + plan.downloadBytes(bundle.image());
    return patched < ranges.downloadBytes(bundle.image()) ? plan : ranges;
  }

  private Snapshot build(StartingPoint start, OptionalInt described) throws IOException {
    Snapshot base = start.base();
    AccountUpdate accounts = accounts(start);
    UpdatePlan plan = plan(start, accounts);
    boolean resumes = Recovery.removeUnfinishedExcept(store, image, base, accounts.ids());
    if (!resumes) {
      Fitness.requireSpace(plan.diskBytes(), device.space(), device.name());
    }
    PlanSummary.print(plan, console);
    SnapshotBuilder builder =
        SnapshotBuilder.begin(
            store,
            image,
            Optional.of(base),
            accounts.ids(),
            Descriptions.of(bundle.manifest()),
            clock.instant());
    if (builder.isResumed()) {
      console.print("Going on with snapshot %d, which was interrupted".formatted(builder.number()));
    }
    try (builder) {
      builder.keepSkeleton(bundle, described);
      Applied applied = builder.apply(plan, sources(start), options.threads(), bytes -> {});
      patched = plan.filesPatched() - applied.unpatched();
      sayUnpatched(applied);
      EtcOrigin origin = origin(base);
      EtcReport report = mergeEtc(builder, base, plan, accounts);
      builder.keepFile(EtcReport.NAME, report.json());
      builder.keepFile(EtcOrigin.NAME, origin.json());
      builder.seal(plan);
      EtcSummary.print(report, console);
    } catch (IOException | RuntimeException e) {
      if (Recovery.canGoOnAfter(e)) {
        console.note(
            "What was fetched is kept as snapshot %d: the same command again goes on with it, `tiu gc` removes it"
                .formatted(builder.number()));
      } else {
        discard(builder, e);
      }
      throw e;
    }
    return store.find(builder.number()).orElseThrow();
  }

  private void sayUnpatched(Applied applied) {
    if (applied.unpatched() > 0) {
      console.note(
          "%s couldn't be made with the delta (%s): taken from the bundle"
              .formatted(
                  Console.count(applied.unpatched(), "file"),
                  applied.reason().orElse("no reason noted")));
    }
  }

  private void discard(SnapshotBuilder builder, Exception cause) {
    try {
      builder.discard();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private Sources sources(StartingPoint start) {
    return new Sources(bundle, start.delta());
  }

  private AccountUpdate accounts(StartingPoint start) throws IOException {
    // What is damaged in the new image shows here, and isn't taken for damage of the base.
    bundle.readDescription();
    return AccountUpdate.of(device, store, start.base(), bundle);
  }

  private UpdatePlan plan(StartingPoint start, AccountUpdate accounts) throws IOException {
    if (start.record().isEmpty()) {
      return UpdatePlan.fromNothing(bundle, accounts.ids());
    }
    UpdatePlan plan;
    try {
      plan =
          UpdatePlan.fromSnapshot(
              store, start.base(), start.record().get(), sources(start), accounts.ids());
    } catch (DeviceException | BundleException | VerityException | SquashfsException e) {
      sayUnusable(start.base(), e);
      return UpdatePlan.fromNothing(bundle, accounts.ids());
    }
    return cheapest(plan, start.delta());
  }

  /** A delta may make it of the present image's: half of what else is fetched of a description. */
  private void takeContentTable(StartingPoint start) {
    if (start.delta().isEmpty() || start.record().isEmpty()) {
      return;
    }
    Delta delta = start.delta().get();
    try {
      byte[] old = start.record().get().contentTable().toArray();
      delta.contentTable(old).ifPresent(bundle::useContentTable);
    } catch (IOException e) {
      console.note(
          "The delta has no use for the list of files: %s. It is taken from the bundle"
              .formatted(e.getMessage()));
    }
  }

  private EtcOrigin origin(Snapshot base) throws IOException {
    try (Dir live = store.openLiveEtc(base.number())) {
      return EtcOrigin.of(base.number(), live);
    }
  }

  private EtcReport mergeEtc(
      SnapshotBuilder builder, Snapshot base, UpdatePlan plan, AccountUpdate accounts)
      throws IOException {
    try (SnapshotBuilder.EtcTrees trees = builder.prepareEtc()) {
      MergedAccounts merged = accounts.merge(trees.result());
      List<EtcPolicy> policies = bundle.manifest().etcPolicies();
      EtcSettings.unknown(policies).forEach(this::sayUnknown);
      // The image's /etc began as a snapshot of the base's, so that only the plan has changed it.
      Predicate<BytePath> touched =
          plan.base().isPresent() ? plan.touchedInEtc()::contains : path -> true;
      EtcMaker maker = new EtcMaker(device, policies);
      EtcReport report =
          maker.merge(trees, merged, true, touched, EtcReport.openIn(store, base.number()));
      try (Dir place = store.open(builder.number());
          Dir scratch = place.openDir(Layout.FILES)) {
        Predicate<BytePath> changed =
            plan.base().isPresent() ? plan.touchedInRoot()::contains : path -> true;
        report = maker.regenerate(report, trees.newRoot(), trees.result(), true, scratch, changed);
        EtcFinish.keepMerged(place, trees.result());
      }
      return report;
    }
  }

  private void sayUnknown(EtcPolicy policy) {
    console.note(
        "The image asks for the policy \"%s\" for /etc/%s, which this version of tiu doesn't know."
                .formatted(policy.policy(), policy.paths())
            + " What changed there on both sides is merged");
  }

  private void activate(Snapshot snapshot, Snapshot before) throws IOException {
    activation.makeDefault(snapshot, Initrds.ANEW);
    console.print(
        "Snapshot %d, version %s, is the default; `tiu rollback %d` goes back"
            .formatted(snapshot.number(), image.version(), before.number()));
  }
}

package dev.tiu;

import dev.tiu.boot.BootPreparation.Initrds;
import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.Manifest;
import dev.tiu.etcmerge.EtcMerge;
import dev.tiu.etcmerge.MergeSettings;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileStatus;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.ImageReference;
import dev.tiu.snapshot.NewSystem;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotBuilder;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import dev.tiu.snapshot.Sources;
import dev.tiu.snapshot.UpdatePlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The first system on an empty btrfs.
 *
 * <p>All of it is built under another name and put in its place by one rename; then the first
 * snapshot becomes the default.
 */
final class InstallTransaction {
  /** What becomes of a system that isn't complete when the way to the server breaks off. */
  enum Unfinished {
    /** The same command goes on with it. */
    KEPT,

    /** It goes with the disk that was being made. */
    GONE
  }

  /** What the first snapshot of a disk needs before it becomes the default. */
  @FunctionalInterface
  interface FirstBoot {
    void prepare(Snapshot snapshot) throws IOException;
  }

  private final Device device;
  private final Bundle bundle;
  private final ImageReference image;
  private final Optional<String> deviceName;
  private final int threads;
  private final Unfinished unfinished;
  private final Console console;
  private final Clock clock;

  InstallTransaction(
      Device device,
      Bundle bundle,
      Optional<String> deviceName,
      int threads,
      Unfinished unfinished,
      Console console,
      Clock clock) {
    this.device = device;
    this.bundle = bundle;
    this.image = new ImageReference(bundle.imageId(), bundle.manifest().version().toString());
    this.deviceName = deviceName;
    this.threads = threads;
    this.unfinished = unfinished;
    this.console = console;
    this.clock = clock;
  }

  /**
   * Carries it out; the caller holds the device's lock.
   *
   * @param first may be run again after it was cut off
   */
  void run(FirstBoot first) throws IOException {
    if (!device.isInstalled()) {
      NewSystem.requireEmpty(device);
      build(name(bundle.manifest(), deviceName));
    }
    activate(first);
  }

  /** What the device will be called: what is given, or what the image is for. */
  static String name(Manifest manifest, Optional<String> deviceName) throws IOException {
    if (deviceName.isPresent()) {
      new Fitness(manifest).requireCompatible(List.of(deviceName.get()));
      return deviceName.get();
    }
    return manifest.compatible().stream()
        .filter(pattern -> pattern.chars().noneMatch(c -> c == '*' || c == '?'))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "the image is for every device like %s. Say which one this is: --device NAME"
                        .formatted(String.join(", ", manifest.compatible()))));
  }

  private void build(String name) throws IOException {
    OptionalInt described = NewSystem.describe(device, image, bundle);
    bundle.readDescription();
    UpdatePlan plan = UpdatePlan.fromNothing(bundle);
    if (!NewSystem.isBegun(device)) {
      Fitness.requireSpace(plan.diskBytes(), device.space(), device.name());
    }
    PlanSummary.print(plan, console);
    NewSystem system = NewSystem.begin(device, image);
    try (system) {
      int number = buildSnapshot(system.snapshots(), plan, described, name);
      system.fillShared(number);
      system.commit();
    } catch (IOException | RuntimeException e) {
      if (unfinished == Unfinished.KEPT && Recovery.canGoOnAfter(e)) {
        console.note("What was fetched is kept: the same command again goes on with it");
      } else {
        discard(system, e);
      }
      throw e;
    }
  }

  private int buildSnapshot(
      SnapshotStore store, UpdatePlan plan, OptionalInt described, String name) throws IOException {
    Optional<Snapshot> whole =
        store.list().stream().filter(s -> s.is(SnapshotState.STAGED)).findFirst();
    if (whole.isPresent()) {
      return whole.get().number();
    }
    store.sweep();
    try (SnapshotBuilder builder =
        SnapshotBuilder.begin(
            store, image, Optional.empty(), Descriptions.of(bundle.manifest()), clock.instant())) {
      builder.keepSkeleton(bundle, described);
      builder.apply(plan, Sources.of(bundle), threads, bytes -> {});
      try (SnapshotBuilder.EtcTrees trees = builder.prepareEtc()) {
        writeOwn(trees.result(), name);
      }
      builder.seal(plan);
      return builder.number();
    }
  }

  /**
   * Notes what the device is, unless the image says so itself, and what its shared parts are
   * mounted from. That is no change of an admin's: the directory keeps its time, so that it gets
   * those of later images.
   */
  private static void writeOwn(Dir etc, String name) throws IOException {
    FileStatus before = etc.status(BytePath.ROOT);
    BytePath path = Configuration.PATH;
    if (etc.find(path.parent()).isEmpty()) {
      etc.makeDir(path.parent(), 0755);
    }
    if (etc.find(path).isEmpty()) {
      etc.writeAtomically(path, Configuration.toml(name).getBytes(StandardCharsets.UTF_8), 0644);
    }
    EtcMerge.completeMounts(etc, MergeSettings.DEFAULT.withMounts(EtcSettings.mounts(etc)));
    etc.setModificationTime(BytePath.ROOT, before.mtimeSeconds(), before.mtimeNanos());
  }

  private static void discard(NewSystem system, Exception cause) {
    try {
      system.discard();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Also finishes an installation that was cut off between its last two steps. */
  private void activate(FirstBoot first) throws IOException {
    try (SnapshotStore store = device.snapshots();
        Boot boot = Boot.withoutLoader(device, store)) {
      Recovery.recover(device, store, boot, console);
      List<Snapshot> all = store.list();
      boolean ours = all.size() == 1 && all.get(0).info().image().filter(image::equals).isPresent();
      if (!ours) {
        NewSystem.requireEmpty(device);
      }
      boolean done = all.get(0).isDefault();
      if (!done) {
        first.prepare(all.get(0));
        new Activation(device, store, boot, console).makeDefault(all.get(0), Initrds.ANEW);
      }
      console.print(
          "%s %s as snapshot %d, the default"
              .formatted(
                  done ? "Already installed:" : "Installed",
                  Descriptions.of(bundle.manifest()),
                  all.get(0).number()));
    }
  }
}

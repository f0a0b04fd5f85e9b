package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.etcmerge.EtcMerge;
import dev.tiu.etcmerge.MergeSettings;
import dev.tiu.etcmerge.Policy;
import dev.tiu.etcmerge.Regeneration;
import dev.tiu.etcmerge.accounts.MergedAccounts;
import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.ImageEtc;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiu etc preview}. */
@Command(
    name = "preview",
    description = "Show what an update to an image would make of /etc, path by path, and why.",
    mixinStandardHelpOptions = true)
final class EtcPreviewCommand implements Callable<Integer> {
  private static final BytePath IMAGE = BytePath.of("image");
  private static final BytePath RESULT = BytePath.of("result");

  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private DeviceOptions.Lock lock;
  @Mixin private TrustOptions trust;
  @Mixin private TransferOptions transfer;
  @Mixin private ThreadsOption threads;
  @Mixin private JsonOption json;

  @Parameters(
      paramLabel = "BUNDLE",
      description = "The bundle, os.tiu: a file or a URL. Of a remote one only /etc is fetched.")
  private BundleLocation file;

  EtcPreviewCommand(Context context) {
    this.context = context;
  }

  private record View(String path, String outcome, String reason, boolean conflict) {}

  @Override
  public Integer call() throws IOException {
    try (Bundle bundle = trust.open(file, transfer, context);
        Device target = device.open();
        SnapshotStore store = target.snapshots()) {
      lock.hold(target, "etc preview", () -> show(preview(bundle, target, store)));
    }
    transfer.finish(context.console());
    return ExitCode.OK.number();
  }

  /** Merges beside the snapshots, and removes what it made. */
  private EtcReport preview(Bundle bundle, Device target, SnapshotStore store) throws IOException {
    try (EtcPlace etc = EtcPlace.ofRunning(store);
        Dir scratch = store.scratch()) {
      scratch.makeDir(IMAGE, 0700);
      Btrfs.snapshot(etc.live(), scratch, RESULT, Access.WRITABLE);
      try (Dir image = scratch.openDir(IMAGE);
          Dir result = scratch.openDir(RESULT)) {
        ImageEtc.extract(bundle, image, threads.count());
        Snapshot base = store.find(etc.number()).orElseThrow();
        MergedAccounts accounts = AccountUpdate.of(target, store, base, bundle).merge(result);
        MergeSettings settings =
            EtcSettings.of(result, bundle.manifest().etcPolicies())
                .withDecided(AccountUpdate.contents(accounts));
        EtcReport report =
            EtcReport.of(EtcMerge.merge(etc.shipped(), image, result, settings), accounts.notes());
        List<EtcReport.Line> lines = new ArrayList<>();
        for (EtcReport.Line line : report.lines()) {
          lines.add(willBeMade(line, settings, bundle) ? line.asRegenerated() : line);
        }
        return new EtcReport(lines);
      }
    } finally {
      store.sweep();
    }
  }

  /** No tool runs beforehand; one that the image has will. */
  private static boolean willBeMade(EtcReport.Line line, MergeSettings settings, Bundle bundle)
      throws IOException {
    boolean isMeant =
        line.isOfBothSides() && settings.policies().of(line.path()) == Policy.REGENERATE;
    for (String program : isMeant ? Regeneration.programsFor(line.path()) : List.<String>of()) {
      for (String place : List.of("usr/bin", "usr/sbin", "bin", "sbin")) {
        if (bundle.tree().get(BytePath.of(place + "/" + program)).isPresent()) {
          return true;
        }
      }
    }
    return false;
  }

  private void show(EtcReport report) {
    List<View> views =
        report.lines().stream()
            .map(
                line ->
                    new View(
                        "/etc/" + line.path(), line.outcome(), line.sentence(), line.conflict()))
            .toList();
    if (json.isOn()) {
      context.console().json(views);
      return;
    }
    print("! ", views.stream().filter(View::conflict));
    print("  ", views.stream().filter(view -> !view.conflict()));
    if (views.isEmpty()) {
      context.console().print("Nothing in /etc would change");
    }
  }

  private void print(String mark, Stream<View> views) {
    views.forEach(view -> context.console().print(mark + view.path() + ": " + view.reason()));
  }
}

package dev.tiu;

import dev.tiu.bundle.http.SourceChangedException;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tiu update}. */
@Command(
    name = "update",
    description = "Install an image as a new snapshot, and make that the default.",
    mixinStandardHelpOptions = true)
final class UpdateCommand implements Callable<Integer> {
  private static final Path ROOT = Path.of("/");

  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private BootOptions start;
  @Mixin private TrustOptions trust;
  @Mixin private TransferOptions transfer;
  @Mixin private DeviceOptions.Lock lock;
  @Mixin private ThreadsOption threads;
  @Mixin private JsonOption json;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "What the device is, instead of what its /etc/tiu/tiu.toml says.")
  private Optional<String> deviceName = Optional.empty();

  @Option(
      names = "--allow-downgrade",
      description = "Also install a version older than the present one.")
  private boolean allowDowngrade;

  @Option(
      names = "--force",
      description = "Install the image again though a snapshot has it already, or it is known bad.")
  private boolean force;

  @Option(
      names = "--stage",
      description = "Only build the snapshot; `tiu rollback N` makes it the default later.")
  private boolean stage;

  @Option(
      names = "--check",
      description =
          "Only say what there is, what it would download and write; --json says it to programs.")
  private boolean check;

  @Option(
      names = "--automatic",
      description =
          "What tiu-update.service runs: not on battery or over a metered connection, and then the"
              + " reboot as the device's [update] says.")
  private boolean automatic;

  @Option(
      names = "--delta",
      paramLabel = "FILE|URL",
      description =
          "A delta to the image, should it lead from what the device has. May be repeated. Without"
              + " it, the channel.json beside a bundle on a server is asked for one.")
  private List<String> deltas = List.of();

  @Parameters(
      arity = "0..1",
      paramLabel = "SOURCE",
      description =
          "A bundle, os.tiu, as a file or an address; or a channel: a directory, or an address that"
              + " ends in / or .json, of which the newest image for the device is taken. Without"
              + " it, what the device's /etc/tiu/tiu.toml says.")
  private Optional<String> source = Optional.empty();

  UpdateCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    if (json.isOn() && !check) {
      throw new UsageException("--json goes with --check");
    }
    if (automatic && (check || stage || !device.isRunning())) {
      throw new UsageException("--automatic goes neither with --check, --stage nor --sysroot");
    }
    if (automatic && isHindered()) {
      return ExitCode.OK.number();
    }
    Downloads downloads = new Downloads(() -> transfer.transfer(downloadSettings(), context));
    try (Device target = device.open();
        SnapshotStore store = target.snapshots();
        Boot boot = check ? Boot.withoutLoader(target, store) : start.open(target, store)) {
      Optional<Integer> before = boot.findNext().map(Snapshot::number);
      try {
        update(target, store, boot, downloads);
      } catch (KnownBadException e) {
        if (!automatic) {
          throw e;
        }
        // As a channel's image that is known to be bad: nothing to do until there is another one.
        context.console().note(String.valueOf(e.getMessage()));
      } catch (SourceChangedException e) {
        context
            .console()
            .note(e.address() + " was replaced while it was read: starting over with the new one");
        update(target, store, boot, downloads);
      }
      downloads.discard();
      if (device.isRunning() && !check && !stage) {
        followUp(boot, before);
      }
    }
    return ExitCode.OK.number();
  }

  private boolean isHindered() throws IOException {
    Optional<String> obstacle =
        new AutomaticUpdate(ROOT, Configuration.ofMachine().update()).obstacle();
    obstacle.ifPresent(why -> context.console().print("No update now: " + why));
    return obstacle.isPresent();
  }

  /**
   * When another snapshot than the one that runs boots next.
   *
   * @param before what would have booted next without this update
   */
  private void followUp(Boot boot, Optional<Integer> before) throws IOException {
    Snapshot next = boot.next();
    if (next.isBooted()) {
      return;
    }
    String version = next.info().image().map(image -> ", version " + image.version()).orElse("");
    String sentence = "Snapshot %d%s boots next".formatted(next.number(), version);
    if (!before.equals(Optional.of(next.number()))) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("snapshot", next.number());
      next.info().image().ifPresent(image -> fields.put("version", image.version()));
      new EventLog(ROOT, context.clock(), context.console()).add("updated", sentence, fields);
    }
    if (automatic) {
      UpdateSettings settings = Configuration.ofMachine().update();
      new AutomaticUpdate(ROOT, settings)
          .followUp(
              sentence,
              context.console(),
              new RebootRequest(ROOT, settings, context.clock(), context.console()));
    }
  }

  /** Of the machine that fetches: with --sysroot that isn't the device, and says nothing. */
  private DownloadSettings downloadSettings() throws IOException {
    return device.isRunning() ? Configuration.ofMachine().download() : DownloadSettings.NONE;
  }

  private void update(Device target, SnapshotStore store, Boot boot, Downloads downloads)
      throws IOException {
    UpdateTransaction.Options options =
        new UpdateTransaction.Options(
            deviceName,
            allowDowngrade,
            force,
            stage,
            threads.count(),
            device.isRunning()
                ? Optional.of(new Hooks(ROOT, context.console()))
                : Optional.empty());
    ImageUpdate update =
        new ImageUpdate(
            target, store, boot, options, deltas, trust.trust(context), downloads, context);
    UpdateSource from = source(target, store, downloads);
    if (check) {
      update.check(from, json.isOn());
    } else {
      update.install(from, work -> lock.hold(target, "update", work));
    }
  }

  private UpdateSource source(Device target, SnapshotStore store, Downloads downloads)
      throws IOException {
    if (source.isPresent()) {
      return UpdateSource.parse(source.get(), downloads);
    }
    Optional<String> configured =
        InstalledSystem.of(target, store, deviceName).configuration().update().source();
    return UpdateSource.parse(
        configured.orElseThrow(
            () ->
                new UsageException(
                    "say where the update comes from: a bundle or a channel; or write it into the"
                        + " device's /etc/tiu/tiu.toml: [update] source = \"https://…/\"")),
        downloads);
  }
}

package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.Channel;
import dev.tiu.bundle.Trust;
import dev.tiu.bundle.delta.DeltaManifest;
import dev.tiu.bundle.http.Transferred;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.Rejection;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the image that a source has for a device, and the way to it, and has it installed. */
final class ImageUpdate {
  private final Device device;
  private final SnapshotStore store;
  private final Boot boot;
  private final UpdateTransaction.Options options;
  private final List<String> named;
  private final Trust trust;
  private final Downloads downloads;
  private final Context context;
  private final Console console;

  /**
   * An update of a device.
   *
   * @param named deltas that were asked for
   */
  ImageUpdate(
      Device device,
      SnapshotStore store,
      Boot boot,
      UpdateTransaction.Options options,
      List<String> named,
      Trust trust,
      Downloads downloads,
      Context context) {
    this.device = device;
    this.store = store;
    this.boot = boot;
    this.options = options;
    this.named = List.copyOf(named);
    this.trust = trust;
    this.downloads = downloads;
    this.context = context;
    this.console = context.console();
  }

  /** Runs work while nobody else changes the device. */
  @FunctionalInterface
  interface Guard {
    void hold(DeviceOptions.Work work) throws IOException;
  }

  /** An image, and where the deltas to it are looked for. */
  private record Found(ChannelPlace place, String file, Optional<Channel> channel) {}

  void install(UpdateSource source, Guard guard) throws IOException {
    Optional<Found> found = find(source);
    if (found.isEmpty()) {
      return;
    }
    try (Bundle bundle = open(found.get())) {
      ChannelDeltas deltas = deltas(found.get(), bundle);
      UpdateTransaction transaction = transaction(bundle, deltas);
      guard.hold(transaction::run);
      sayCost(transaction.patched() > 0 ? deltas.found() : Optional.empty());
    }
  }

  void check(UpdateSource source, boolean json) throws IOException {
    InstalledSystem installed = InstalledSystem.of(device, store, options.device());
    Optional<Found> found = find(source);
    UpdateCheck report = new UpdateCheck(console, json, installed);
    if (found.isEmpty()) {
      report.nothing();
      return;
    }
    try (Bundle bundle = open(found.get())) {
      ChannelDeltas deltas = deltas(found.get(), bundle);
      Optional<UpdateTransaction.Preview> preview = transaction(bundle, deltas).preview();
      boolean remote = found.get().place() instanceof ChannelPlace.Web;
      boolean patches = preview.filter(p -> p.plan().filesPatched() > 0).isPresent();
      report.image(bundle, preview, patches ? deltas.found() : Optional.empty(), remote);
    }
  }

  /** The bundle to install; empty, and said, if the channel has nothing newer. */
  private Optional<Found> find(UpdateSource source) throws IOException {
    if (source instanceof UpdateSource.OfBundle bundle) {
      return Optional.of(new Found(bundle.place(), bundle.file(), Optional.empty()));
    }
    String description = ((UpdateSource.OfChannel) source).description();
    String name = source.place().name(description);
    Channel channel =
        source
            .place()
            .find(description)
            .orElseThrow(
                () ->
                    new IOException(name + ": there is no such channel. `tiu publish` makes one"));
    InstalledSystem installed = InstalledSystem.of(device, store, options.device());
    Channel offered = options.force() ? channel : withoutRejected(channel, name, installed);
    if (offered.images().isEmpty() && !channel.images().isEmpty()) {
      return Optional.empty();
    }
    ChannelChoice choice = new ChannelChoice(offered, name, installed);
    Channel.ImageFile newest = choice.newest();
    if (!choice.isNewer(newest) && !options.force() && !options.allowDowngrade()) {
      console.note(
          "%s has nothing newer: version %s, and this device has %s"
              .formatted(name, newest.version(), installed.versionText()));
      return Optional.empty();
    }
    return Optional.of(new Found(source.place(), newest.file(), Optional.of(channel)));
  }

  /** An image that was tried here and failed isn't tried again by itself. */
  private Channel withoutRejected(Channel channel, String name, InstalledSystem installed)
      throws IOException {
    List<Channel.ImageFile> fit = new ArrayList<>();
    for (Channel.ImageFile image : channel.images()) {
      Optional<Rejection> rejection = store.rejection(image.imageId());
      if (rejection.isEmpty()) {
        fit.add(image);
      } else if (installed.version().filter(v -> image.version().compareTo(v) <= 0).isEmpty()) {
        console.note(
            "%s: version %s is skipped, as it is known to be bad since snapshot %d (%s); --force doesn't skip it"
                .formatted(
                    name, image.version(), rejection.get().snapshot(), rejection.get().reason()));
      }
    }
    return new Channel(fit, channel.deltas());
  }

  private Bundle open(Found found) throws IOException {
    return Bundle.open(found.place().open(found.file()), trust);
  }

  /** For a bundle on this machine, reading what differs costs nothing. */
  private ChannelDeltas deltas(Found found, Bundle bundle) throws UsageException {
    List<ChannelDeltas.Named> wanted = new ArrayList<>();
    for (String text : named) {
      UpdateSource source = UpdateSource.parse(text, downloads);
      if (!(source instanceof UpdateSource.OfBundle file)) {
        throw new UsageException("--delta " + text + ": isn't a delta, NEW.from-OLD.tiud");
      }
      wanted.add(new ChannelDeltas.Named(file.place(), file.file()));
    }
    Optional<ChannelDeltas.Beside> beside =
        found.place() instanceof ChannelPlace.Web
            ? Optional.of(new ChannelDeltas.Beside(found.place(), found.channel()))
            : Optional.empty();
    return new ChannelDeltas(bundle.imageId(), wanted, beside, trust, console);
  }

  private UpdateTransaction transaction(Bundle bundle, Deltas deltas) {
    return new UpdateTransaction(
        device, store, boot, bundle, deltas, options, console, context.clock());
  }

  private void sayCost(Optional<DeltaManifest> delta) {
    if (downloads.isEmpty()) {
      return;
    }
    Transferred cost = downloads.total();
    String way =
        delta
            .map(used -> "delta from " + used.from().version())
            .orElse(downloads.isWhole() ? "the whole bundle" : "ranges of the bundle");
    console.print(
        "Downloaded %s in %s (%s)"
            .formatted(Console.size(cost.bytes()), Console.count(cost.requests(), "request"), way));
  }
}

package dev.tiu;

import dev.tiu.bundle.Channel;
import dev.tiu.bundle.Trust;
import dev.tiu.bundle.delta.Delta;
import dev.tiu.bundle.delta.DeltaManifest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Finds the delta to an image: one that was named, else one that the channel beside a remote bundle
 * has.
 *
 * <p>None is ever needed, so that whatever is wrong with one is only said.
 */
final class ChannelDeltas implements Deltas {
  private final String imageId;
  private final List<Named> named;
  private final Optional<Beside> beside;
  private final Trust trust;
  private final Console console;
  private Optional<DeltaManifest> found = Optional.empty();
  private boolean asked;

  /** A delta that somebody asked for. */
  record Named(ChannelPlace place, String file) {}

  /**
   * Where else to look.
   *
   * @param channel empty if it hasn't been read yet
   */
  record Beside(ChannelPlace place, Optional<Channel> channel) {}

  ChannelDeltas(
      String imageId, List<Named> named, Optional<Beside> beside, Trust trust, Console console) {
    this.imageId = imageId;
    this.named = List.copyOf(named);
    this.beside = beside;
    this.trust = trust;
    this.console = console;
  }

  /** The one that was handed out. */
  Optional<DeltaManifest> found() {
    return found;
  }

  @Override
  public boolean isAsked() {
    return asked;
  }

  @Override
  public Optional<Delta> from(String baseImageId) {
    for (Named delta : named) {
      Optional<Delta> opened = open(delta.place(), delta.file(), baseImageId);
      if (opened.isPresent()) {
        asked = true;
        return opened;
      }
    }
    if (beside.isEmpty()) {
      return Optional.empty();
    }
    ChannelPlace place = beside.get().place();
    return channel(beside.get())
        .flatMap(channel -> channel.delta(baseImageId, imageId))
        .flatMap(delta -> open(place, delta.file(), baseImageId));
  }

  private Optional<Channel> channel(Beside where) {
    if (where.channel().isPresent()) {
      return where.channel();
    }
    try {
      return where.place().find(Channel.FILE);
    } catch (IOException e) {
      console.note("The channel beside the bundle is of no use: " + e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<Delta> open(ChannelPlace place, String file, String baseImageId) {
    try {
      Delta delta = Delta.open(place.open(file), trust);
      DeltaManifest manifest = delta.manifest();
      if (manifest.from().imageId().equals(baseImageId)
          && manifest.to().imageId().equals(imageId)) {
        found = Optional.of(manifest);
        return Optional.of(delta);
      }
      delta.close();
      console.note(
          "The delta %s leads from another image (version %s) or to another one (version %s)"
              .formatted(place.name(file), manifest.from().version(), manifest.to().version()));
    } catch (IOException e) {
      console.note(
          "The delta can't be used: %s. What differs is taken from the bundle"
              .formatted(e.getMessage()));
    }
    return Optional.empty();
  }
}

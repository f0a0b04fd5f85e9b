package dev.tiu;

import dev.tiu.bundle.Channel;
import dev.tiu.bundle.http.WebAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where an update comes from, as it was said: a bundle or a channel. */
sealed interface UpdateSource {
  ChannelPlace place();

  /** A bundle of that name. */
  record OfBundle(ChannelPlace place, String file) implements UpdateSource {}

  /** A channel, whose description has that name. */
  record OfChannel(ChannelPlace place, String description) implements UpdateSource {}

  /**
   * Reads it: a channel is a directory, or ends in {@code /} or {@code .json}; anything else is a
   * bundle.
   */
  static UpdateSource parse(String text, Downloads downloads) throws UsageException {
    if (WebAddress.isMeant(text)) {
      WebAddress address = address(text);
      ChannelPlace place = new ChannelPlace.Web(address, downloads);
      return of(place, address.fileName());
    }
    Path path = path(text);
    Path name = path.getFileName();
    if (text.endsWith("/") || name == null || Files.isDirectory(path)) {
      return new OfChannel(new ChannelPlace.Directory(path), Channel.FILE);
    }
    Path directory = path.getParent();
    ChannelPlace place = new ChannelPlace.Directory(directory == null ? Path.of("") : directory);
    return of(place, name.toString());
  }

  private static Path path(String text) throws UsageException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new UsageException("neither an address nor a path: " + e.getReason());
    }
  }

  /**
   * Reads an address.
   *
   * @throws UsageException if it isn't one
   */
  static WebAddress address(String text) throws UsageException {
    try {
      return WebAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private static UpdateSource of(ChannelPlace place, String file) {
    if (file.isEmpty()) {
      return new OfChannel(place, Channel.FILE);
    }
    return file.endsWith(".json") ? new OfChannel(place, file) : new OfBundle(place, file);
  }
}

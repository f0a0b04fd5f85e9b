package dev.tiu;

import dev.tiu.bundle.Channel;
import dev.tiu.bundle.Version;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which image of a channel a device wants. */
final class ChannelChoice {
  private final Channel channel;
  private final String name;
  private final InstalledSystem installed;

  /**
   * A choice to be made.
   *
   * @param name of the channel, for messages
   */
  ChannelChoice(Channel channel, String name, InstalledSystem installed) {
    this.channel = channel;
    this.name = name;
    this.installed = installed;
  }

  /**
   * The newest image that is for the device and may follow the installed one.
   *
   * @throws UnfitException if there is none at all
   */
  Channel.ImageFile newest() throws UnfitException {
    if (installed.names().isEmpty()) {
      throw new UnfitException(
          "nothing says what this device is, so it can't be told which images of %s are for it."
                  .formatted(name)
              + " Write `compatible = \"NAME\"` into its /etc/tiu/tiu.toml, or give --device NAME");
    }
    List<Channel.ImageFile> fitting =
        channel.images().stream().filter(image -> isForDevice(image)).toList();
    Optional<Channel.ImageFile> newest =
        fitting.stream()
            .filter(image -> installed.version().map(image::mayFollow).orElse(true))
            .max(
                Comparator.comparing(Channel.ImageFile::version)
                    .thenComparing(this::isInstalled)
                    .thenComparing(Channel.ImageFile::file));
    if (newest.isPresent()) {
      return newest.get();
    }
    if (fitting.isEmpty()) {
      throw new UnfitException(
          "%s has no image for %s%s among its %s. Nothing was changed"
              .formatted(
                  name,
                  String.join(", ", installed.names()),
                  installed.architectures().stream()
                      .findFirst()
                      .map(architecture -> " on " + architecture)
                      .orElse(""),
                  Console.count(channel.images().size(), "image")));
    }
    throw new UnfitException(
        "no image of %s can be installed over version %s, which this device has; the nearest wants %s."
                .formatted(name, installed.versionText(), leastWanted(fitting))
            + " Update to one in between first");
  }

  private boolean isForDevice(Channel.ImageFile image) {
    return image.isFor(installed.names())
        && installed.architectures().stream().allMatch(image.architecture()::equals);
  }

  private boolean isInstalled(Channel.ImageFile image) {
    return installed.imageId().filter(image.imageId()::equals).isPresent();
  }

  /** Whether an update to the image would bring anything. */
  boolean isNewer(Channel.ImageFile image) {
    return installed.version().isEmpty()
        || image.version().compareTo(installed.version().get()) > 0;
  }

  private static Version leastWanted(List<Channel.ImageFile> images) {
    return images.stream()
        .flatMap(image -> image.minVersion().stream())
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }
}

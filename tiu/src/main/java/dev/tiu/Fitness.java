package dev.tiu;

import dev.tiu.bundle.Manifest;
import dev.tiu.bundle.Version;
import dev.tiu.linux.FileSystemSpace;
import java.util.List;
import java.util.Optional;

/** Whether an image may be installed on a device: all that is known before anything is written. */
final class Fitness {
  private final Manifest image;

  Fitness(Manifest image) {
    this.image = image;
  }

  /** That one of the device's names matches one of the image's patterns. */
  void requireCompatible(List<String> names) throws UnfitException {
    if (names.isEmpty()) {
      throw new UnfitException(
          "nothing says what this device is, so it can't be told whether an image for %s is for it."
                  .formatted(String.join(", ", image.compatible()))
              + " Write `compatible = \"NAME\"` into its /etc/tiu/tiu.toml, or give --device NAME");
    }
    if (names.stream().noneMatch(image::isCompatibleWith)) {
      throw new UnfitException(
          "the image is for %s, this device is %s. Nothing was changed; get the image for this device"
              .formatted(String.join(", ", image.compatible()), String.join(", ", names)));
    }
  }

  /** That the image's programs run on the device. */
  void requireArchitecture(String device) throws UnfitException {
    if (!image.architecture().equals(device)) {
      throw new UnfitException(
          "the image is for the architecture %s, this device has %s. Nothing was changed"
              .formatted(image.architecture(), device));
    }
  }

  /** That the version is none that an update may not go to from the installed one. */
  void requireVersion(Version installed, boolean downgradeAllowed) throws UnfitException {
    Optional<Version> least = image.minVersion();
    if (least.isPresent() && installed.compareTo(least.get()) < 0) {
      throw new UnfitException(
          "version %s can only be installed over version %s or later, and this device has %s."
                  .formatted(image.version(), least.get(), installed)
              + " Update to one in between first");
    }
    if (image.version().compareTo(installed) < 0 && !downgradeAllowed) {
      throw new UnfitException(
          "version %s is older than %s, which this device has. To go back on purpose, give"
                  .formatted(image.version(), installed)
              + " --allow-downgrade, or return to an earlier snapshot with `tiu rollback`");
    }
  }

  /** That what will be written has room. */
  static void requireSpace(long needed, FileSystemSpace space, String device)
      throws NoSpaceException {
    if (space.availableBytes() < needed) {
      throw new NoSpaceException(
          "%s has %s free and %s are needed. Nothing was changed; make room with `tiu gc --keep 2`"
                  .formatted(device, Console.size(space.availableBytes()), Console.size(needed))
              + " or by removing files");
    }
  }
}

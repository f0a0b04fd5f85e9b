package dev.tiu;

import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.boot.loader.LoaderProgram;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/** Which boot loader a new disk gets: as somebody says, or as the image tells. */
final class LoaderChoice {
  private static final String LAST = "Nothing was written.";

  private final ImageFiles image;
  private final String architecture;
  private final LoaderSettings settings;

  /**
   * @param settings of the image's own {@code etc/tiu/tiu.toml}, which the device will go by
   */
  LoaderChoice(ImageFiles image, String architecture, LoaderSettings settings) {
    this.image = image;
    this.architecture = architecture;
    this.settings = settings;
  }

  /**
   * Decides.
   *
   * @param asked what the command line says
   * @throws UsageException if nothing decides it, or two things do
   */
  Kind kind(Optional<Kind> asked) throws IOException {
    if (settings.unused()) {
      throw new UsageException(
          "the image's /etc/tiu/tiu.toml says [boot] loader = \"none\", so its updates would write no"
              + " boot entries. "
              + LAST
              + " Take that line out of the image, or install it with --sysroot on a btrfs that"
              + " something else boots");
    }
    if (asked.isPresent()
        && settings.kind().isPresent()
        && !asked.get().equals(settings.kind().get())) {
      throw new UsageException(
          "the image's /etc/tiu/tiu.toml says [boot] loader = \"%s\", and --boot says %s: updates would"
                  .formatted(settings.kind().get().label(), asked.get().label())
              + " write for another boot loader than starts. "
              + LAST
              + " Leave --boot away, or change the image");
    }
    Optional<Kind> said = asked.or(settings::kind);
    if (said.isPresent() && !new LoaderProgram(said.get(), architecture).isPossible()) {
      throw new UsageException(
          "no machine of the image's architecture, %s, has the boot loader %s. %s Choose another one:"
                  .formatted(architecture, said.get().label(), LAST)
              + " --boot with one of "
              + Kind.labels());
    }
    return said.isPresent() ? said.get() : byImage();
  }

  private Kind byImage() throws IOException {
    List<Kind> found = new ArrayList<>();
    StringJoiner signs = new StringJoiner(", ");
    for (Kind kind : Kind.values()) {
      Optional<BytePath> sign = sign(kind);
      if (sign.isPresent()) {
        found.add(kind);
        signs.add("%s (/%s)".formatted(kind.label(), sign.get()));
      }
    }
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new UsageException(
        (found.isEmpty()
                ? "the image doesn't tell which boot loader its device has"
                : "the image has files of more than one boot loader: " + signs)
            + ". %s Say which one the disk is for: --boot with one of %s"
                .formatted(LAST, Kind.labels()));
  }

  private Optional<BytePath> sign(Kind kind) throws IOException {
    for (BytePath path : new LoaderProgram(kind, architecture).signs()) {
      if (image.find(path).isPresent()) {
        return Optional.of(path);
      }
    }
    return Optional.empty();
  }
}

package dev.tiu;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code [boot] loader} in a new device's tiu.toml.
 *
 * <p>What lies on the boot partition would tell it too, but only while that is mounted. An update
 * that finds none has to fail then, and not to go by btrfs's default alone, which such a device
 * doesn't boot by.
 */
final class LoaderLine {
  private static final int LIMIT = 1 << 20;
  private static final Pattern TABLE = Pattern.compile("(?m)^\\[boot\\][ \\t]*(#.*)?$");

  private LoaderLine() {}

  /**
   * Writes it, unless it is there.
   *
   * @param etc of the device, with its tiu.toml
   * @throws UsageException if the file has [boot] in a form that a line can't be added to
   */
  static void write(Dir etc, Kind kind) throws IOException {
    if (Configuration.read(etc).boot().loader().kind().isPresent()) {
      return;
    }
    String text = new String(etc.readAll(Configuration.PATH, LIMIT), UTF_8);
    String with = with(text, kind);
    Optional<Kind> said = Configuration.parse(with).boot().loader().kind();
    if (!said.equals(Optional.of(kind))) {
      throw new IllegalStateException("%s says %s".formatted(with, said));
    }
    etc.writeAtomically(Configuration.PATH, with.getBytes(UTF_8), 0644);
  }

  /** In the table that is there, or in one at the end. */
  static String with(String toml, Kind kind) {
    String line = "loader = \"%s\"".formatted(kind.label());
    Matcher table = TABLE.matcher(toml);
    if (table.find()) {
      return toml.substring(0, table.end()) + "\n" + line + toml.substring(table.end());
    }
    String separator = toml.isEmpty() || toml.endsWith("\n") ? "" : "\n";
    return toml + separator + "\n[boot]\n" + line + "\n";
  }
}

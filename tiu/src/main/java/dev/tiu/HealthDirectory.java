package dev.tiu;

import dev.tiu.health.Check;
import dev.tiu.health.CheckFile;
import dev.tiu.health.HealthScripts;
import dev.tiu.health.Importance;
import dev.tiu.health.Patience;
import dev.tiu.health.probe.Finding;
import dev.tiu.health.probe.Probe;
import dev.tiu.health.probe.Systemctl;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The checks of a system: the image's in {@code /usr/lib/tiu/health.d}, the device's in {@code
 * /etc/tiu/health.d}, and scripts. Of two files with the same name the device's counts; an empty
 * one, or a link to /dev/null, is none.
 */
final class HealthDirectory {
  /** The unit that makes the checks at a boot. */
  static final String UNIT = "tiu-health.service";

  private static final String SUFFIX = ".toml";
  private static final int LIMIT = 1 << 16;

  private final Path root;
  private final Path image;
  private final Path device;
  private final CheckFile reader;

  /** Of the system below that directory. */
  HealthDirectory(Path root) {
    this.root = root;
    this.image = root.resolve("usr/lib/tiu/health.d");
    this.device = root.resolve("etc/tiu/health.d");
    this.reader = new CheckFile(new Systemctl(UNIT), root);
  }

  List<Check> checks() throws IOException {
    NavigableMap<String, Path> files = new TreeMap<>();
    for (Path directory : List.of(image, device)) {
      if (Files.isDirectory(directory)) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
          all.forEach(file -> files.put(file.getFileName().toString(), file));
        }
      }
    }
    List<Check> checks = new ArrayList<>();
    for (Path file : files.values()) {
      check(file).ifPresent(checks::add);
    }
    checks.addAll(new HealthScripts(root, HealthScripts.USUAL_LIMIT).checks());
    return checks;
  }

  /** Empty where the file is; a link to /dev/null is empty too. */
  private Optional<Check> check(Path file) {
    String name = file.getFileName().toString();
    String stem = name.substring(0, name.length() - SUFFIX.length());
    try {
      long size = Files.size(file);
      if (size == 0) {
        return Optional.empty();
      }
      if (size > LIMIT) {
        throw new IllegalArgumentException("it has more than %d bytes".formatted(LIMIT));
      }
      return Optional.of(reader.read(stem, Toml.read(Files.readString(file))));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.of(broken(stem, file, String.valueOf(e.getMessage())));
    } catch (IOException e) {
      return Optional.of(broken(stem, file, e.toString()));
    }
  }

  /**
   * What can't be understood fails, so that somebody sees it. An image with such a check isn't fit;
   * but no system that works is left for a slip of the pen in /etc.
   */
  private Check broken(String name, Path file, String why) {
    Finding finding = Finding.bad("%s can't be understood: %s".formatted(file, why));
    Importance importance = file.startsWith(device) ? Importance.WANTED : Importance.REQUIRED;
    Patience once = new Patience(Duration.ofSeconds(1), 1, Duration.ZERO, Duration.ZERO);
    return new Check(name, name, importance, once, new Broken(finding));
  }

  private record Broken(Finding finding) implements Probe {
    @Override
    public Finding look(Duration limit) {
      return finding;
    }

    @Override
    public Cost cost() {
      return Cost.WORK;
    }
  }
}

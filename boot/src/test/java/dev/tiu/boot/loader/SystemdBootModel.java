package dev.tiu.boot.loader;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What systemd-boot does with a partition: the order of its menu, the choice of the default and the
 * counting, as {@code src/boot/boot.c} has them.
 */
final class SystemdBootModel {
  private static final Pattern TRIES = Pattern.compile("(.*)\\+([0-9]+)(?:-([0-9]+))?\\.conf");

  private final Path boot;

  SystemdBootModel(Path boot) {
    this.boot = boot;
  }

  /** Boots once: gives the entry's name as it was before it was counted. */
  String boot() throws IOException {
    List<Path> menu = menu();
    Path chosen = menu.get(0);
    for (String line : Files.readAllLines(boot.resolve("loader/loader.conf"))) {
      if (line.startsWith("default ")) {
        PathMatcher glob = FileSystems.getDefault().getPathMatcher("glob:" + line.substring(8));
        chosen =
            menu.stream().filter(p -> glob.matches(p.getFileName())).findFirst().orElse(chosen);
      }
    }
    count(chosen);
    return chosen.getFileName().toString();
  }

  private List<Path> menu() throws IOException {
    List<Path> menu = new ArrayList<>();
    try (Stream<Path> files = Files.list(boot.resolve("loader/entries"))) {
      files.filter(p -> p.toString().endsWith(".conf")).forEach(menu::add);
    }
    menu.sort(
        Comparator.comparing((Path p) -> triesLeft(p) == 0)
            .thenComparing(p -> field(p, "sort-key"))
            .thenComparing(p -> -Integer.parseInt(field(p, "version")))
            .thenComparing(p -> p.getFileName().toString(), Comparator.reverseOrder()));
    return menu;
  }

  private static int triesLeft(Path entry) {
    Matcher tries = TRIES.matcher(entry.getFileName().toString());
    return tries.matches() ? Integer.parseInt(tries.group(2)) : -1;
  }

  private static String field(Path entry, String key) {
    try {
      return Files.readAllLines(entry).stream()
          .filter(line -> line.startsWith(key + " "))
          .map(line -> line.substring(key.length() + 1))
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void count(Path entry) throws IOException {
    Matcher tries = TRIES.matcher(entry.getFileName().toString());
    if (tries.matches() && Integer.parseInt(tries.group(2)) > 0) {
      int left = Integer.parseInt(tries.group(2)) - 1;
      int done = tries.group(3) == null ? 1 : Integer.parseInt(tries.group(3)) + 1;
      Files.move(
          entry, entry.resolveSibling("%s+%d-%d.conf".formatted(tries.group(1), left, done)));
    }
  }
}

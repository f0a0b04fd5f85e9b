package dev.tiu;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Compares trees with rsync, which knows nothing of us. */
final class TreeComparison {
  private TreeComparison() {}

  /**
   * What differs in content, type, owner, mode, time, xattrs, ACLs, devices or hard links: a line
   * of rsync's each, none if the trees are equal.
   */
  static List<String> differences(Path expected, Path actual, String... excluded)
      throws IOException {
    List<String> argv =
        new ArrayList<>(
            List.of("rsync", "-aHAXn", "--checksum", "--itemize-changes", "--delete", "-8"));
    for (String path : excluded) {
      argv.add("--exclude=" + path);
    }
    argv.add(expected + "/");
    argv.add(actual + "/");
    return Command.of(argv).run().text().lines().filter(line -> !line.isBlank()).toList();
  }
}

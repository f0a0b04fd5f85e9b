package dev.tiu.bench;

import dev.tiu.etcmerge.EtcMerge;
import dev.tiu.etcmerge.MergeEntry.Outcome;
import dev.tiu.etcmerge.MergeReport;
import dev.tiu.etcmerge.MergeSettings;
import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Merges an /etc as an update does: once in a fresh process, as an update has it, and then again,
 * each time into a new copy.
 */
final class EtcMergeRun {
  private static final BytePath RESULT = BytePath.of("result");

  private EtcMergeRun() {}

  /**
   * Prints a line for each merge: milliseconds, and what it did.
   *
   * @param args a directory on btrfs with the subvolumes base, local and image; how often
   */
  public static void main(String[] args) throws IOException {
    int runs = Integer.parseInt(args[1]);
    try (Dir top = Dir.open(Path.of(args[0]));
        Dir base = top.openDir(BytePath.of("base"));
        Dir local = top.openDir(BytePath.of("local"));
        Dir image = top.openDir(BytePath.of("image"))) {
      for (int run = 0; run < runs; run++) {
        top.removeIfThere(RESULT);
        Btrfs.snapshot(local, top, RESULT, Access.WRITABLE);
        try (Dir result = top.openDir(RESULT)) {
          long start = System.nanoTime();
          MergeReport report = EtcMerge.merge(base, image, result, MergeSettings.DEFAULT);
          long milliseconds = (System.nanoTime() - start) / 1_000_000;
          System.out.printf(
              "%d ms: %d merged, %d updated, %d conflicts%n",
              milliseconds,
              count(report, Outcome.MERGED),
              count(report, Outcome.UPDATED),
              report.conflicts().size());
        }
      }
    }
  }

  private static long count(MergeReport report, Outcome outcome) {
    return report.entries().stream().filter(entry -> entry.outcome() == outcome).count();
  }
}

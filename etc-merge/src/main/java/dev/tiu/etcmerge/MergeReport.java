package dev.tiu.etcmerge;

import java.util.Comparator;
import java.util.List;

/**
 * What the merge did, sorted by path: every difference between the device's tree and the result,
 * and everything that the image changed in vain.
 *
 * <p>A directory that was added, replaced or put beside stands for all below it. A path has two
 * entries where its content and its metadata fared differently.
 */
public record MergeReport(List<MergeEntry> entries) {
  /** Of a merge that had nothing to do. */
  public static final MergeReport NOTHING = new MergeReport(List.of());

  public MergeReport {
    entries = entries.stream().sorted(Comparator.comparing(MergeEntry::path)).toList();
  }

  /** Those that somebody should look at. */
  public List<MergeEntry> conflicts() {
    return entries.stream().filter(entry -> entry.outcome().isConflict()).toList();
  }
}

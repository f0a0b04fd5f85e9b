package dev.tiu.etcmerge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.etcmerge.MergeEntry.Outcome;
import dev.tiu.linux.BytePath;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MergeReportTest {
  private static MergeEntry entry(String path, Outcome outcome) {
    return MergeEntry.of(BytePath.of(path), outcome);
  }

  @Test
  void entries_are_sorted_by_path_and_those_of_one_path_stay_in_order() {
    MergeEntry directory = entry("a", Outcome.REMOVED);
    MergeEntry inside = entry("a/z", Outcome.REMOVED);
    MergeEntry content = entry("b", Outcome.UPDATED);
    MergeEntry metadata = entry("b", Outcome.KEPT_LOCAL_METADATA);
    assertThat(new MergeReport(List.of(content, inside, metadata, directory)).entries())
        .containsExactly(directory, inside, content, metadata);
  }

  @Test
  void conflicts_are_what_somebody_should_look_at() {
    MergeReport report =
        new MergeReport(List.of(Outcome.values()).stream().map(o -> entry(o.name(), o)).toList());
    assertThat(report.conflicts())
        .extracting(MergeEntry::outcome)
        .doesNotContain(
            Outcome.UPDATED,
            Outcome.UPDATED_METADATA,
            Outcome.ADDED,
            Outcome.REMOVED,
            Outcome.MERGED,
            Outcome.COMPLETED,
            Outcome.REGENERATED,
            Outcome.PINNED)
        .hasSize(Outcome.values().length - 8);
  }
}

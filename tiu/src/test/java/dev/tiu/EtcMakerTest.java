package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.etcmerge.RegenerationEntry;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A path of the policy regenerate, which both sides changed, when the tools have run. */
final class EtcMakerTest {
  private static final BytePath CACHE = BytePath.of("cache");
  private static final BytePath BESIDE = BytePath.of("cache.tiu-new");

  @TempDir private Path etc;

  private EtcReport regenerated(RegenerationEntry.Outcome outcome) throws IOException {
    Files.writeString(etc.resolve("cache"), "live");
    Files.writeString(etc.resolve("cache.tiu-new"), "the image's");
    EtcReport report =
        new EtcReport(
            List.of(
                new EtcReport.Line(
                    CACHE, "kept-local", true, Optional.of(BESIDE), Optional.empty(), false)));
    RegenerationEntry entry =
        new RegenerationEntry("cache", List.of(CACHE), outcome, List.of("words"));
    try (Dir dir = Dir.open(etc)) {
      return EtcMaker.regenerated(report, dir, CACHE::equals, List.of(entry));
    }
  }

  @Test
  void regenerated_byItsTool_isNoConflict() throws IOException {
    EtcReport report = regenerated(RegenerationEntry.Outcome.MADE);
    assertThat(report.lines()).extracting(EtcReport.Line::outcome).containsExactly("regenerated");
    assertThat(report.conflicts()).isEmpty();
    assertThat(etc.resolve("cache.tiu-new")).doesNotExist();
  }

  @Test
  void regenerated_byAToolThatFails_isAsMerged() throws IOException {
    EtcReport report = regenerated(RegenerationEntry.Outcome.FAILED);
    assertThat(report.conflicts()).hasSize(1);
    assertThat(etc.resolve("cache.tiu-new")).exists();
  }

  @Test
  void regenerated_byNoTool_isAsMergedAndSaysSo() throws IOException {
    EtcReport report = regenerated(RegenerationEntry.Outcome.NO_TOOL);
    assertThat(report.lines())
        .extracting(EtcReport.Line::outcome)
        .containsExactly("kept-local", "no-tool");
    assertThat(report.conflicts()).hasSize(1);
    assertThat(etc.resolve("cache.tiu-new")).exists();
  }
}

package dev.tiu.health.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandProbeIT {
  @TempDir Path directory;

  private static Finding run(Duration limit, String script) {
    return CommandProbe.of(List.of("/bin/sh", "-c", script)).look(limit);
  }

  @Test
  void program_that_ends_with_0_is_good() {
    Finding finding = run(Duration.ofSeconds(20), "echo fine; echo and more >&2");
    assertThat(finding.isGood()).isTrue();
    assertThat(finding.output()).contains("fine").contains("and more");
  }

  @Test
  void any_other_end_is_bad_and_its_last_words_are_kept() {
    Finding finding =
        run(
            Duration.ofSeconds(20),
            "i=0; while [ $i -lt 5000 ]; do i=$((i+1)); echo $i; done; exit 3");
    assertThat(finding.isGood()).isFalse();
    assertThat(finding.detail()).isEqualTo("/bin/sh ended with 3");
    assertThat(finding.output()).endsWith("5000\n").hasSizeLessThan(5000);
  }

  @Test
  void program_that_hangs_is_ended_with_its_children() throws Exception {
    Path pids = directory.resolve("pids");
    Finding finding = run(Duration.ofMillis(700), "sleep 600 & echo $$ $! > " + pids + "; wait");
    assertThat(finding.isGood()).isFalse();
    assertThat(finding.detail()).contains("didn't end within");
    for (String pid : Files.readString(pids).strip().split(" ", -1)) {
      assertThat(Path.of("/proc", pid, "cmdline")).doesNotExist();
    }
  }

  @Test
  void program_that_is_not_there_is_bad() {
    Finding finding = CommandProbe.of(List.of("/nowhere/app")).look(Duration.ofSeconds(5));
    assertThat(finding.isGood()).isFalse();
    assertThat(finding.detail()).contains("/nowhere/app is not installed");
  }

  @Test
  void program_gets_the_variables() {
    Finding finding =
        new CommandProbe(List.of("/usr/bin/env"), Map.of("TIU_SNAPSHOT", "7"))
            .look(Duration.ofSeconds(20));
    assertThat(finding.output()).contains("TIU_SNAPSHOT=7");
  }

  @Test
  void clock_can_be_asked() {
    assertThat(new TimeProbe().look(Duration.ofSeconds(1)).detail()).startsWith("the clock is");
  }
}

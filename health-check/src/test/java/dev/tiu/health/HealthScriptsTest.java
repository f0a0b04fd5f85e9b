package dev.tiu.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.health.probe.CommandProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HealthScriptsTest {
  @TempDir Path root;

  private Path script(String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  private HealthScripts scripts() {
    return new HealthScripts(root, HealthScripts.USUAL_LIMIT);
  }

  @Test
  void system_without_scripts_has_none() throws Exception {
    assertThat(scripts().checks()).isEmpty();
    assertThat(scripts().whenGood()).isEmpty();
    assertThat(scripts().whenBad()).isEmpty();
  }

  @Test
  void health_checkers_are_asked_to_check_and_to_stop() throws Exception {
    Path script = script("usr/libexec/health-checker/etcd.sh");
    assertThat(scripts().checks())
        .singleElement()
        .satisfies(
            check -> {
              assertThat(check.name()).isEqualTo("health-checker/etcd.sh");
              assertThat(check.importance()).isEqualTo(Importance.REQUIRED);
              assertThat(check.probe())
                  .isEqualTo(CommandProbe.of(List.of(script.toString(), "check")));
            });
    assertThat(scripts().whenBad()).containsExactly(List.of(script.toString(), "stop"));
  }

  @Test
  void greenboots_are_required_or_wanted_by_their_directory_and_run_in_order() throws Exception {
    script("etc/greenboot/check/required.d/02_b.sh");
    script("usr/lib/greenboot/check/required.d/01_a.sh");
    script("usr/lib/greenboot/check/wanted.d/03_c.sh");
    assertThat(scripts().checks())
        .extracting(check -> check.lane() + " " + check.name())
        .containsExactly(
            "greenboot-required greenboot-required/01_a.sh",
            "greenboot-required greenboot-required/02_b.sh",
            "greenboot-wanted greenboot-wanted/03_c.sh");
    assertThat(scripts().checks())
        .extracting(Check::importance)
        .containsExactly(Importance.REQUIRED, Importance.REQUIRED, Importance.WANTED);
  }

  @Test
  void script_in_etc_counts_more_and_may_switch_one_off() throws Exception {
    script("usr/lib/greenboot/check/required.d/a.sh");
    Path own = script("etc/greenboot/check/required.d/a.sh");
    script("usr/lib/greenboot/check/required.d/b.sh");
    Files.createSymbolicLink(
        root.resolve("etc/greenboot/check/required.d/b.sh"), Path.of("/dev/null"));
    assertThat(scripts().checks())
        .singleElement()
        .satisfies(
            check -> assertThat(check.probe()).isEqualTo(CommandProbe.of(List.of(own.toString()))));
  }

  @Test
  void what_is_no_program_is_no_check() throws Exception {
    script("usr/lib/greenboot/check/required.d/README");
    Path plain = script("usr/lib/greenboot/check/required.d/plain.sh");
    Files.setPosixFilePermissions(plain, PosixFilePermissions.fromString("rw-r--r--"));
    Files.createDirectories(root.resolve("usr/libexec/health-checker/directory"));
    assertThat(scripts().checks()).isEmpty();
  }

  @Test
  void scripts_for_the_verdict_are_greenboots_too() throws Exception {
    Path green = script("etc/greenboot/green.d/led.sh");
    Path red = script("etc/greenboot/red.d/led.sh");
    assertThat(scripts().whenGood()).containsExactly(List.of(green.toString()));
    assertThat(scripts().whenBad()).containsExactly(List.of(red.toString()));
  }
}

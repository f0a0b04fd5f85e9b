package dev.tiu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HooksIT {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path root;
  private Hooks hooks;
  private Path log;

  @BeforeEach
  void ofRoot() {
    hooks = new Hooks(root, new Console(new ByteArrayOutputStream(), err));
    log = root.resolve("log");
  }

  private Path hook(String path, String script) throws IOException {
    Path file = root.resolve("etc/tiu/hooks.d").resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\nlog=" + log + "\n" + script + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String notes() {
    return err.toString(UTF_8);
  }

  @Test
  void hooks_of_the_moment_run_by_name_and_are_told_what_is_known() throws Exception {
    hook("good/20-second", "echo second >>$log");
    hook("good/10-first", "echo $TIU_HOOK $TIU_SNAPSHOT >>$log");
    hook("bad/10-other", "echo other >>$log");
    hooks.tell(Hooks.Moment.GOOD, Map.of("TIU_SNAPSHOT", "7"));
    assertThat(log).hasContent("good 7\nsecond");
  }

  @Test
  void without_hooks_nothing_happens() throws Exception {
    hooks.require(Hooks.Moment.PRE_UPDATE, Map.of());
    hooks.tell(Hooks.Moment.BAD, Map.of());
    assertThat(notes()).isEmpty();
  }

  @Test
  void what_is_no_program_is_left_alone() throws Exception {
    Path readme = hook("pre-update/README", "exit 1");
    Files.setPosixFilePermissions(readme, PosixFilePermissions.fromString("rw-r--r--"));
    Files.createDirectories(root.resolve("etc/tiu/hooks.d/pre-update/old"));
    hooks.require(Hooks.Moment.PRE_UPDATE, Map.of());
    assertThat(notes()).isEmpty();
  }

  @Test
  void first_one_that_fails_stops_what_comes_and_says_why() throws Exception {
    Path first = hook("pre-update/10-first", "echo the database is busy >&2; exit 3");
    hook("pre-update/20-second", "echo second >>$log");
    assertThatThrownBy(() -> hooks.require(Hooks.Moment.PRE_UPDATE, Map.of()))
        .isInstanceOf(HookException.class)
        .hasMessageContaining(
            "the hook " + first + " doesn't want an update now. Nothing was changed")
        .hasMessageContaining("the database is busy");
    assertThat(log).doesNotExist();
  }

  @Test
  void one_that_only_hears_of_it_stands_in_nobodys_way() throws Exception {
    Path first = hook("post-update/10-first", "exit 3");
    hook("post-update/20-second", "echo second >>$log");
    hooks.tell(Hooks.Moment.POST_UPDATE, Map.of());
    assertThat(notes()).contains("The hook " + first + " failed: ");
    assertThat(log).hasContent("second");
  }

  @Test
  void what_it_says_is_passed_on_with_its_name() throws Exception {
    hook("pre-reboot/10-first", "echo one moment");
    hooks.require(Hooks.Moment.PRE_REBOOT, Map.of());
    assertThat(notes()).isEqualTo("10-first: one moment\n");
  }

  @Test
  void one_that_cannot_be_run_has_failed() throws Exception {
    Path hook = root.resolve("etc/tiu/hooks.d/pre-update/10-broken");
    Files.createDirectories(hook.getParent());
    Files.writeString(hook, "#!/no/such/program\n");
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThatThrownBy(() -> hooks.require(Hooks.Moment.PRE_UPDATE, Map.of()))
        .isInstanceOf(HookException.class)
        .hasMessageContaining(hook.toString());
  }
}

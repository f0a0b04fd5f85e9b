package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an admin asks of /etc, and tells tiu to do there. */
final class EtcCommandIT extends OnInstalledDevice {
  /** An edit here that the second image makes otherwise. */
  private void conflict() throws IOException {
    Files.writeString(etc(1).resolve("motd"), "mine\n");
    run("update", samples.v2()).orFail();
  }

  @Test
  void status_lists_what_was_changed_here() throws IOException {
    Files.writeString(etc(1).resolve("motd"), "mine\n");
    Files.delete(etc(1).resolve("issue"));
    Files.writeString(etc(1).resolve("own"), "own\n");
    Files.setPosixFilePermissions(
        etc(1).resolve("hosts"), PosixFilePermissions.fromString("rw-------"));
    assertThat(run("etc", "status").orFail().out())
        .contains("changed   /etc/motd")
        .contains("removed   /etc/issue")
        .contains("added     /etc/own")
        .contains("metadata  /etc/hosts");
    JsonNode json = run("etc", "status", "--json").orFail().json();
    assertThat(json.path("snapshot").asInt()).isEqualTo(1);
    assertThat(json.path("changes").findValuesAsText("path")).contains("/etc/motd", "/etc/own");
  }

  @Test
  void diff_shows_lines_of_one_file_or_of_all() throws IOException {
    Files.writeString(etc(1).resolve("motd"), "mine\n");
    Files.writeString(etc(1).resolve("own"), "own\n");
    assertThat(run("etc", "diff", "/etc/motd").orFail().out())
        .contains("--- image/etc/motd")
        .contains("-one")
        .contains("+mine")
        .doesNotContain("own");
    assertThat(run("etc", "diff").orFail().out()).contains("+own");
    assertThat(run("etc", "diff", "--json", "motd").orFail().json().get(0).path("lines"))
        .isNotEmpty();
  }

  @Test
  void preview_says_what_an_update_would_do_and_changes_nothing() throws IOException {
    Files.writeString(etc(1).resolve("motd"), "mine\n");
    Tiu.Outcome preview = run("etc", "preview", samples.v2()).orFail();
    assertThat(preview.out())
        .contains("! /etc/motd: changed here and in the image")
        .contains("  /etc/hosts: updated from the image");
    assertThat(etc(1).resolve("motd")).hasContent("mine");
    assertThat(etc(1).resolve("motd.tiu-new")).doesNotExist();
    try (var left = Files.list(top().resolve("@/.snapshots"))) {
      assertThat(left.map(path -> path.getFileName().toString())).containsExactly("1");
    }
    assertThat(run("etc", "preview", "--json", samples.v2()).orFail().json().isArray()).isTrue();
  }

  @Test
  void conflict_is_listed_until_the_local_version_is_chosen() throws IOException {
    conflict();
    assertThat(run("etc", "conflicts").orFail().out()).contains("/etc/motd: changed here");
    assertThat(run("status").orFail().out()).contains("Conflict   /etc/motd");

    run("etc", "resolve", "--local", "/etc/motd").orFail();

    assertThat(etc(2).resolve("motd")).hasContent("mine");
    assertThat(etc(2).resolve("motd.tiu-new")).doesNotExist();
    assertThat(run("etc", "conflicts").orFail().out()).contains("No conflicts");
    assertThat(run("status").orFail().out()).doesNotContain("Conflict");
    assertThat(run("etc", "resolve", "--local", "motd").err()).contains("no conflict");
  }

  @Test
  void conflict_is_settled_by_the_images_version() throws IOException {
    conflict();
    run("etc", "resolve", "--image", "motd").orFail();
    assertThat(etc(2).resolve("motd")).hasContent("two");
    assertThat(etc(2).resolve("motd.tiu-new")).doesNotExist();
    JsonNode json = run("etc", "conflicts", "--json").orFail().json();
    assertThat(json.path("conflicts")).isEmpty();
  }

  @Test
  void conflict_is_settled_by_an_editor() throws IOException {
    conflict();
    Path editor = directory.resolve("editor");
    Files.writeString(editor, "#!/bin/sh\ncat \"$2\" >> \"$1\"\n");
    Files.setPosixFilePermissions(editor, PosixFilePermissions.fromString("rwxr-xr-x"));
    Tiu editing = new Tiu(Clock.systemUTC(), Map.of("EDITOR", editor.toString()));
    runBy(editing, "etc", "resolve", "--edit", "motd").orFail();
    assertThat(etc(2).resolve("motd")).hasContent("mine\ntwo\n");
    assertThat(etc(2).resolve("motd.tiu-new")).doesNotExist();
  }

  @Test
  void editor_that_fails_changes_nothing() throws IOException {
    conflict();
    Tiu editing = new Tiu(Clock.systemUTC(), Map.of("EDITOR", "false"));
    Tiu.Outcome outcome = runBy(editing, "etc", "resolve", "--edit", "motd");
    assertThat(outcome.err()).contains("Nothing in /etc was changed");
    assertThat(etc(2).resolve("motd")).hasContent("mine");
    assertThat(etc(2).resolve("motd.tiu-new")).exists();
  }

  @Test
  void reset_brings_back_the_images_version_and_keeps_what_was_there() throws IOException {
    Files.writeString(etc(1).resolve("motd"), "mine\n");
    Files.delete(etc(1).resolve("issue"));
    Files.writeString(etc(1).resolve("own"), "own\n");
    assertThat(run("etc", "reset", "/etc/motd").orFail().out()).contains("/etc/motd.tiu-orig");
    run("etc", "reset", "/etc/issue").orFail();
    run("etc", "reset", "/etc/own").orFail();
    assertThat(etc(1).resolve("motd")).hasContent("one");
    assertThat(etc(1).resolve("motd.tiu-orig")).hasContent("mine");
    assertThat(etc(1).resolve("issue")).hasContent("one");
    assertThat(etc(1).resolve("own")).doesNotExist();
    assertThat(etc(1).resolve("own.tiu-orig")).hasContent("own");
    assertThat(run("etc", "reset", "/etc/motd").orFail().out()).contains("already is");
    assertThat(run("etc", "reset", "/etc/nothing").code()).isEqualTo(ExitCode.USAGE);
  }
}

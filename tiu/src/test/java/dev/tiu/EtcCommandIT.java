package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  private String uuid() throws IOException {
    return Files.readString(etc(1).resolve("fstab"))
        .lines()
        .filter(line -> line.contains(" / btrfs "))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void fstab_always_has_the_devices_own_lines_and_what_it_loses_is_kept() throws IOException {
    String root = uuid();
    Files.writeString(etc(1).resolve("fstab"), root + "\nLABEL=mine /mine ext4 noauto 0 2\n");
    run("etc", "reset", "/etc/fstab").orFail();
    assertThat(etc(1).resolve("fstab")).content().contains(root, "subvol=@/var").contains("one");
    assertThat(etc(1).resolve("fstab.tiu-orig")).content().contains("LABEL=mine");
    assertThat(run("etc", "reset", "/etc/fstab").orFail().out()).contains("already is");

    String shipped = place(1).resolve("etc").toString();
    Command.of("btrfs", "property", "set", shipped, "ro", "false").run();
    Files.delete(Path.of(shipped, "fstab"));
    run("etc", "reset", "/etc/fstab").orFail();
    assertThat(etc(1).resolve("fstab")).content().contains(root).doesNotContain("one");
  }

  @Test
  void fstab_of_the_image_is_chosen_with_the_devices_own_lines() throws IOException {
    run("update", samples.v2()).orFail();
    String root = uuid();
    Files.writeString(etc(2).resolve("fstab"), root + "\nLABEL=mine /d ext4 noauto 0 2\n");
    Files.writeString(etc(2).resolve("fstab.tiu-new"), "LABEL=image /d ext4 defaults 0 2\n");
    open("/etc/fstab", "kept-local", "/etc/fstab.tiu-new");

    assertThat(run("etc", "resolve", "--image", "fstab").orFail().err())
        .contains("/etc/fstab.tiu-orig");

    assertThat(etc(2).resolve("fstab")).content().contains("LABEL=image", root, "subvol=@/var");
    assertThat(etc(2).resolve("fstab.tiu-orig")).content().contains("LABEL=mine");
    assertThat(etc(2).resolve("fstab.tiu-new")).doesNotExist();
  }

  /** Puts a conflict into the report of the second snapshot, as an update does. */
  private void open(String path, String outcome, String beside) throws IOException {
    Files.writeString(
        place(2).resolve("tiu/etc-merge.json"),
        """
        [{"path": "%s", "outcome": "%s", "conflict": true, "beside": "%s"}]
        """
            .formatted(path, outcome, beside));
  }

  @Test
  void file_of_accounts_is_never_replaced_as_a_whole() throws IOException {
    for (String name : new String[] {"passwd", "group", "shadow", "gshadow", "subuid", "subgid"}) {
      Path file = etc(1).resolve(name);
      String before = (Files.exists(file) ? Files.readString(file) : "") + "alice:x:1000:\n";
      Files.writeString(file, before);
      Tiu.Outcome outcome = run("etc", "reset", "/etc/" + name);
      assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
      assertThat(outcome.err()).contains("accounts", "Nothing was changed");
      assertThat(file).hasContent(before);
    }
  }

  @Test
  void conflict_of_an_account_is_settled_with_the_accounts_own_tools() throws IOException {
    run("update", samples.v2()).orFail();
    Files.writeString(etc(2).resolve("shadow"), "root:mine:100::::::\n");
    Files.writeString(
        place(2).resolve("tiu/etc-merge.json"),
        """
        [{"path": "/etc/shadow", "outcome": "account", "conflict": true, "detail": "root: both"}]
        """);
    assertThat(run("etc", "resolve", "--image", "shadow").err())
        .contains("passwd, chage or usermod", "tiu etc resolve --local /etc/shadow");
    assertThat(etc(2).resolve("shadow")).hasContent("root:mine:100::::::");
    run("etc", "resolve", "--local", "shadow").orFail();
    assertThat(run("etc", "conflicts").orFail().out()).contains("No conflicts");
  }

  @Test
  void name_of_the_device_is_never_reset() throws IOException {
    Files.createDirectories(etc(1).resolve("tiu"));
    Files.writeString(etc(1).resolve("tiu/tiu.toml"), "compatible = \"kiosk\"\n");
    for (String path : new String[] {"/etc/tiu", "/etc/tiu/tiu.toml"}) {
      assertThat(run("etc", "reset", path).err()).contains("what this device is");
    }
    assertThat(etc(1).resolve("tiu/tiu.toml")).content().contains("kiosk");
  }

  @Test
  void path_behind_a_link_is_not_followed() throws IOException {
    Files.move(etc(1).resolve("conf.d"), etc(1).resolve("elsewhere"));
    Files.createSymbolicLink(etc(1).resolve("conf.d"), Path.of("elsewhere"));
    Tiu.Outcome outcome = run("etc", "reset", "/etc/conf.d/a.conf");
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.err()).contains("/etc/conf.d is a link here");
  }

  @Test
  void what_changes_while_the_editor_is_open_stays_and_so_does_what_was_written()
      throws IOException {
    conflict();
    Path editor = directory.resolve("slow-editor");
    Files.writeString(
        editor,
        "#!/bin/sh\necho edited > \"$1\"\necho meanwhile > '%s'\n"
            .formatted(etc(2).resolve("motd")));
    Files.setPosixFilePermissions(editor, PosixFilePermissions.fromString("rwxr-xr-x"));
    Tiu editing = new Tiu(Clock.systemUTC(), Map.of("EDITOR", editor.toString()));

    Tiu.Outcome outcome = runBy(editing, "etc", "resolve", "--edit", "motd");

    assertThat(outcome.err()).contains("was changed while the editor was open");
    assertThat(etc(2).resolve("motd")).hasContent("meanwhile");
    assertThat(etc(2).resolve("motd.tiu-new")).hasContent("two");
    Matcher kept =
        Pattern.compile("what you wrote is in ([^ ]+)\\.")
            .matcher(outcome.err().replaceAll("\\s+", " "));
    assertThat(kept.find()).isTrue();
    Path written = Path.of(kept.group(1));
    assertThat(written).hasContent("edited");
    try (var files = Files.list(written.getParent())) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(written.getParent());
  }

  @Test
  void reset_settles_what_was_open() throws IOException {
    conflict();
    run("etc", "reset", "motd").orFail();
    assertThat(etc(2).resolve("motd")).hasContent("two");
    assertThat(etc(2).resolve("motd.tiu-orig")).hasContent("mine");
    assertThat(etc(2).resolve("motd.tiu-new")).doesNotExist();
    assertThat(run("etc", "conflicts").orFail().out()).contains("No conflicts");
  }

  @Test
  void name_of_a_file_says_nothing_of_what_lies_beside_it() throws IOException {
    run("update", samples.v2()).orFail();
    Files.writeString(etc(2).resolve("a.tiu-orig"), "mine\n");
    Files.writeString(etc(2).resolve("a.tiu-orig.tiu-new"), "image\n");
    open("/etc/a.tiu-orig", "kept-local", "/etc/a.tiu-orig.tiu-new");
    run("etc", "resolve", "--local", "a.tiu-orig").orFail();
    assertThat(etc(2).resolve("a.tiu-orig")).hasContent("mine");
    assertThat(etc(2).resolve("a.tiu-orig.tiu-new")).doesNotExist();
  }

  @Test
  void diff_of_what_is_nowhere_is_an_error() {
    Tiu.Outcome outcome = run("etc", "diff", "/etc/nothing");
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.err()).contains("has /etc/nothing");
  }

  @Test
  void diff_writes_no_control_bytes_and_says_so_to_programs() throws IOException {
    Files.writeString(etc(1).resolve("motd"), "\u001b[31mred\n");
    assertThat(run("etc", "diff", "motd").orFail().out())
        .contains("+\\x1b[31mred")
        .doesNotContain("\u001b");
    JsonNode json = run("etc", "diff", "--json", "motd").orFail().json();
    assertThat(json.get(0).path("escaped").asBoolean()).isTrue();
  }

  @Test
  void argument_that_arrived_without_its_bytes_says_how_to_write_them() {
    Tiu.Outcome outcome = run("etc", "reset", "/etc/odd\uFFFD");
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.err()).contains("\\xNN");
  }

  @Test
  void name_that_is_no_text_is_given_as_it_is_shown() throws IOException {
    byte[] name = {'o', 'd', 'd', (byte) 0xff, '\n'};
    try (Dir live = Dir.open(etc(1))) {
      live.writeNew(BytePath.ofBytes(name), new byte[0], 0644);
    }
    assertThat(run("etc", "diff", "/etc/odd\\xff\\x0a").orFail().out()).contains("odd\\xff");
  }

  @Test
  void conflict_stays_open_over_updates_that_leave_the_file_alone() throws IOException {
    conflict();
    run("update", "--force", samples.v2()).orFail();
    assertThat(run("etc", "conflicts").orFail().out()).contains("/etc/motd: changed here");
    assertThat(run("status").orFail().out()).contains("Conflict   /etc/motd");
    assertThat(etc(3).resolve("motd.tiu-new")).hasContent("two");
    assertThat(etc(3).resolve("motd.tiu-new-2")).doesNotExist();

    run("etc", "resolve", "--image", "motd").orFail();

    assertThat(etc(3).resolve("motd")).hasContent("two");
    run("update", "--force", samples.v2()).orFail();
    assertThat(run("etc", "conflicts").orFail().out()).contains("No conflicts");
  }

  @Test
  void conflicts_of_one_path_are_settled_together() throws IOException {
    run("update", samples.v2()).orFail();
    Files.writeString(etc(2).resolve("motd"), "mine\n");
    Files.writeString(etc(2).resolve("motd.tiu-new"), "touched\n");
    Files.writeString(etc(2).resolve("motd.tiu-new-2"), "latest\n");
    Files.writeString(
        place(2).resolve("tiu/etc-merge.json"),
        """
        [{"path": "/etc/motd", "outcome": "kept-local", "conflict": true,
          "beside": "/etc/motd.tiu-new-2"},
         {"path": "/etc/motd", "outcome": "kept-local", "conflict": true,
          "beside": "/etc/motd.tiu-new"}]
        """);
    run("etc", "resolve", "--image", "motd").orFail();
    assertThat(etc(2).resolve("motd")).hasContent("latest");
    assertThat(etc(2).resolve("motd.tiu-new")).doesNotExist();
    assertThat(etc(2).resolve("motd.tiu-new-2")).doesNotExist();
  }

  @Test
  void path_to_be_made_by_a_tool_that_nobody_has_loses_no_edit() throws IOException {
    Files.writeString(
        etc(1).resolve("tiu/tiu.toml"),
        "\n[etc.policy]\n\"motd\" = \"regenerate\"\n",
        StandardOpenOption.APPEND);
    Files.writeString(etc(1).resolve("motd"), "mine\n");
    assertThat(run("etc", "preview", samples.v2()).orFail().out())
        .contains("! /etc/motd: changed here")
        .doesNotContain("made anew");
    run("update", samples.v2()).orFail();
    assertThat(etc(2).resolve("motd")).hasContent("mine");
    assertThat(etc(2).resolve("motd.tiu-new")).hasContent("two");
    assertThat(Files.readString(place(2).resolve("tiu/etc-merge.json"))).contains("no-tool");
    assertThat(run("etc", "conflicts").orFail().out()).contains("/etc/motd");
  }

  @Test
  void conflict_of_a_mode_alone_takes_the_images_mode_and_leaves_the_content() throws IOException {
    run("update", samples.v2()).orFail();
    Path file = etc(2).resolve("motd");
    Files.writeString(file, "mine\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(
        place(2).resolve("tiu/etc-merge.json"),
        """
        [{"path": "/etc/motd", "outcome": "stricter-mode", "conflict": true}]
        """);
    run("etc", "resolve", "--image", "motd").orFail();
    assertThat(file).hasContent("mine");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r--r--");
    assertThat(run("etc", "conflicts").orFail().out()).contains("No conflicts");
  }
}

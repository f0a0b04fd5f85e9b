package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Accounts that are made on the device after an update has given files of its snapshot their
 * owners: alice has the number 998, which is newsvc's in the new image.
 */
final class EtcFinishIT extends OnEtcSamples {
  @BeforeEach
  void updateToSecond() {
    update();
  }

  private Path root(int number) {
    return place(number).resolve("snapshot");
  }

  private static String owner(Path path) throws IOException {
    return Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)
        + ":"
        + Files.getAttribute(path, "unix:gid", LinkOption.NOFOLLOW_LINKS);
  }

  private void assertOwned(int number, String owner) throws IOException {
    for (String path :
        List.of(
            "usr/lib/newsvc",
            "usr/lib/newsvc/data",
            "usr/lib/newsvc/link",
            "usr/lib/newsvc/symlink",
            "usr/bin/helper",
            "var/lib/newsvc/state")) {
      assertThat(owner(root(number).resolve(path))).as(path).isEqualTo(owner);
    }
  }

  private int isDefault() throws IOException {
    return KilledCommandIT.isDefault(disk().mountPoint()).path("number").asInt();
  }

  @Test
  void files_of_an_account_whose_number_was_given_away_get_another_in_a_snapshot_of_their_own()
      throws IOException {
    EtcSamples.addAlice(etc(1));
    Files.writeString(etc(1).resolve("motd"), "mine\n");
    Path shared = disk().mountPoint().resolve("@/var/lib/newsvc");
    assertThat(owner(shared)).as("made by the update").isEqualTo("998:998");

    JsonNode json = run("etc", "finish", "--json").orFail().json();

    assertThat(json.path("outcome").asText()).isEqualTo("renumbered");
    assertThat(json.path("snapshot").asInt()).isEqualTo(3);
    assertThat(isDefault()).isEqualTo(3);
    assertThat(place(2)).doesNotExist();
    assertOwned(3, "999:999");
    assertThat(owner(place(3).resolve("etc/newsvc.conf"))).as("as shipped").isEqualTo("0:999");
    assertThat(owner(etc(3).resolve("newsvc.conf"))).isEqualTo("0:999");
    assertThat(owner(shared)).isEqualTo("999:999");
    assertThat(owner(shared.resolve("state"))).isEqualTo("999:999");
    assertThat(Files.getAttribute(root(3).resolve("usr/bin/helper"), "unix:mode"))
        .isEqualTo(0106755);
    assertThat(Command.of("getcap", root(3) + "/usr/lib/newsvc/data").run().text())
        .contains("cap_net_raw=ep");
    assertThat(Command.of("getfacl", "-n", root(3) + "/usr/lib/acl").run().text())
        .contains("user:999:r--", "group:999:r--");
    assertThat(etc(3).resolve("passwd"))
        .content()
        .contains("alice:x:998:998:", "newsvc:x:999:999:");
    assertThat(etc(3).resolve("group")).content().contains("alice:x:998:", "newsvc:x:999:");
    assertThat(etc(3).resolve("motd")).hasContent("mine");
    assertThat(run("status").orFail().out())
        .contains("Default    snapshot 3, version 2, good", "Conflict   /etc/motd");
    assertThat(place(3).resolve("tiu/ids.json")).content().contains("newsvc");
    assertThat(run("etc", "finish").orFail().out()).contains("Nothing in /etc was edited");
  }

  @Test
  void snapshot_that_was_made_so_is_as_sealed_and_the_next_update_knows_its_numbers()
      throws IOException {
    EtcSamples.addAlice(etc(1));
    run("etc", "finish").orFail();

    Tiu.Outcome again = run("update", "--keyring", samples.keyring(), samples.second()).orFail();
    assertThat(again.out()).contains("already installed: snapshot 3");
    Tiu.Outcome forced =
        run("update", "--force", "--keyring", samples.keyring(), samples.second()).orFail();
    assertThat(forced.out() + forced.err()).contains("Writes 0 files").doesNotContain("put right");
    assertOwned(4, "999:999");
    assertThat(run("rollback", "1").orFail().code()).isEqualTo(ExitCode.OK);
  }

  @Test
  void edits_in_the_new_etc_come_along_and_the_snapshot_that_has_them_stays() throws IOException {
    EtcSamples.addAlice(etc(1));
    Files.writeString(etc(2).resolve("there"), "there\n");

    run("etc", "finish").orFail();

    assertThat(etc(3).resolve("there")).hasContent("there");
    assertThat(etc(3).resolve("passwd")).content().contains("alice:x:998:", "newsvc:x:999:");
    assertThat(etc(2).resolve("there")).hasContent("there");
    assertOwned(3, "999:999");
    assertOwned(2, "998:998");
  }

  @Test
  void accounts_that_were_made_in_both_are_no_guess() throws IOException {
    EtcSamples.addAlice(etc(1));
    Files.writeString(
        etc(2).resolve("passwd"),
        Files.readString(etc(2).resolve("passwd")) + "bob:x:1001:1001::/home/bob:/bin/sh\n");

    Tiu.Outcome outcome = run("etc", "finish");

    assertThat(outcome.code()).isNotEqualTo(ExitCode.OK);
    assertThat(outcome.err()).contains("accounts were changed in snapshot 2", "newsvc");
    assertThat(isDefault()).isEqualTo(2);
    assertThat(place(3)).doesNotExist();
  }

  @Test
  void snapshot_that_isnt_as_its_image_cant_be_made_again_without_that() throws IOException {
    EtcSamples.addAlice(etc(1));
    Command.of("btrfs", "property", "set", root(2).toString(), "ro", "false").run();
    Files.writeString(root(2).resolve("usr/lib/newsvc/data"), "tampered with\n");
    Command.of("btrfs", "property", "set", root(2).toString(), "ro", "true").run();

    Tiu.Outcome outcome = run("etc", "finish");

    assertThat(outcome.code()).isNotEqualTo(ExitCode.OK);
    assertThat(outcome.err())
        .contains("files of newsvc in snapshot 2", "Nothing was changed", "tiu update --force");
    assertThat(isDefault()).isEqualTo(2);
  }

  @Test
  void rollback_with_etc_goes_to_a_snapshot_with_other_owners_and_leaves_the_one_it_names()
      throws IOException {
    run("rollback", "1").orFail();
    EtcSamples.addAlice(etc(1));
    Files.writeString(etc(2).resolve("there"), "there\n");

    assertThat(run("rollback", "2", "--keep-etc", "--var").err())
        .contains("files of newsvc in snapshot 2");
    assertThat(isDefault()).isEqualTo(1);

    assertThat(run("rollback", "2", "--keep-etc").orFail().err())
        .contains("snapshot 3 was made in its place");
    assertThat(isDefault()).isEqualTo(3);
    assertOwned(3, "999:999");
    assertThat(etc(3).resolve("passwd")).content().contains("alice:x:998:", "newsvc:x:999:");
    assertThat(etc(3).resolve("there")).doesNotExist();
    assertThat(etc(2).resolve("there")).hasContent("there");
  }

  @Test
  void snapshot_is_kept_as_long_as_the_one_in_its_place_needs_to_know_its_owners()
      throws IOException {
    run("rollback", "1").orFail();
    EtcSamples.addAlice(etc(1));
    run("rollback", "2", "--keep-etc").orFail();
    run("rollback", "1").orFail();
    // As a run leaves it that was killed before the switch.
    Files.writeString(
        disk().mountPoint().resolve("@/.snapshots/3/tiu/renumbered.json"),
        "{\"snapshot\": 2, \"unused\": false}");

    assertThat(run("gc", "--keep", "1").orFail().out()).isEqualTo("Nothing to remove\n");
    run("rollback", "3").orFail();
    assertThat(run("gc", "--keep", "1").orFail().out()).contains("Removed snapshot 2");
  }

  @Test
  void system_that_runs_keeps_its_numbers_and_gets_all_edits_but_those_of_accounts()
      throws IOException {
    EtcSamples.addAlice(etc(1));
    Files.writeString(etc(1).resolve("after"), "after\n");

    RunningSystem running = new RunningSystem(directory, disk());
    String error =
        running.start(2, "etc", "finish").accepting(ExitCode.DEVICE.number()).run().errorTail();

    assertThat(error)
        .contains("numbers of newsvc", "no account was brought in", "tiu etc finish` again");
    assertThat(etc(2).resolve("after")).hasContent("after");
    assertThat(etc(2).resolve("passwd")).content().doesNotContain("alice");
    assertOwned(2, "998:998");

    Path passwd = etc(1).resolve("passwd");
    Files.writeString(passwd, Files.readString(passwd).replace(":998:998:", ":1001:1001:"));
    Path group = etc(1).resolve("group");
    Files.writeString(group, Files.readString(group).replace(":998:", ":1001:"));
    running.start(2, "etc", "finish").run();
    assertThat(passwd.resolveSibling("../../../2/snapshot/etc/passwd").normalize())
        .content()
        .contains("alice:x:1001:1001:", "newsvc:x:998:998:");
  }
}

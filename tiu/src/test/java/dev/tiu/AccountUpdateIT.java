package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.FileSource;
import dev.tiu.bundle.Trust;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.testing.BtrfsDisk;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Updates of a device on which somebody made accounts.
 *
 * <pre>
 * a1  root
 * a2  root, newsvc (998) with files in usr, etc and var, and plain (997) without any
 * a3  as a2, and a file more
 * a4  as a1
 * </pre>
 */
class AccountUpdateIT {
  private static final String FIRST =
      """
      set -eu; mkdir -p "$T" && cd "$T" && chmod 0755 .
      mkdir -p dev proc sys run tmp etc usr/lib usr/bin var/lib home root srv opt
      printf 'ID=sample\\nVERSION_ID=1\\n' > usr/lib/os-release
      echo 'root:x:0:0:root:/root:/bin/sh' > etc/passwd; echo 'root:x:0:' > etc/group
      echo 'root:*:19000:0:99999:7:::' > etc/shadow; echo 'root:*::' > etc/gshadow
      chown 0:42 etc/shadow etc/gshadow; chmod 0640 etc/shadow etc/gshadow
      mkdir bin; cp /bin/true bin/sh; echo shared > usr/lib/shared; chown 500:500 usr/lib/shared
      """;

  private static final String SECOND =
      FIRST
          + """
          for a in newsvc:998 plain:997; do
            echo "${a%:*}:x:${a#*:}:${a#*:}::/var/lib/${a%:*}:/bin/false" >> etc/passwd
            echo "${a%:*}:x:${a#*:}:" >> etc/group
            echo "${a%:*}:!*:20000::::::" >> etc/shadow; echo "${a%:*}:!*::" >> etc/gshadow
          done
          mkdir usr/lib/newsvc var/lib/newsvc
          echo data > usr/lib/newsvc/data; ln usr/lib/newsvc/data usr/lib/newsvc/link
          ln -s data usr/lib/newsvc/symlink; mkfifo usr/lib/newsvc/fifo
          echo acl > usr/lib/acl; setfacl -m u:998:r,g:998:r usr/lib/acl
          cp /bin/true usr/bin/helper; echo conf > etc/newsvc.conf
          chown -hR 998:998 usr/lib/newsvc var/lib/newsvc usr/bin/helper; chgrp 998 etc/newsvc.conf
          chmod 6755 usr/bin/helper
          """;

  private static final String THIRD =
      SECOND + "echo more > usr/lib/newsvc/more; chown 998:998 usr/lib/newsvc/more\n";

  private static final List<String> OWNED =
      List.of(
          "usr/lib/newsvc",
          "usr/lib/newsvc/data",
          "usr/lib/newsvc/link",
          "usr/lib/newsvc/symlink",
          "usr/lib/newsvc/fifo",
          "usr/bin/helper",
          "var/lib/newsvc");

  @TempDir private static Path directory;
  private static final Tiu TIU = Tiu.now();
  private static SampleSystems samples;
  private static Path first;
  private static Path second;
  private static Path third;
  private static Path fourth;

  private BtrfsDisk disk;

  @BeforeAll
  static void pack() throws IOException {
    samples = SampleSystems.make(directory, TIU);
    first = pack(FIRST, "a1", "1");
    second = pack(SECOND, "a2", "2");
    third = pack(THIRD, "a3", "3");
    fourth = pack(FIRST, "a4", "4");
  }

  private static Path pack(String script, String name, String version) throws IOException {
    String settle = "\nfind . -exec touch -h -d @1700000000 {} +";
    Command.of("bash", "-c", script + settle)
        .environment(
            Map.of("T", samples.tree(name).toString(), "PATH", "/usr/sbin:/usr/bin:/sbin:/bin"))
        .run();
    return samples.pack(name, version);
  }

  @BeforeEach
  void install() throws IOException {
    disk = BtrfsDisk.create(256 << 20);
    TIU.run("install", "--sysroot", top(), "--keyring", samples.keyring(), first).orFail();
  }

  @AfterEach
  void removeDisk() throws IOException {
    disk.close();
  }

  private Path top() {
    return disk.mountPoint();
  }

  private Path root(int number) {
    return top().resolve("@/.snapshots/" + number + "/snapshot");
  }

  private Tiu.Outcome update(Path bundle, Object... more) {
    Object[] all = new Object[6 + more.length];
    System.arraycopy(more, 0, all, 6, more.length);
    all[0] = "update";
    all[1] = "--sysroot";
    all[2] = top();
    all[3] = "--keyring";
    all[4] = samples.keyring();
    all[5] = bundle;
    return TIU.run(all).orFail();
  }

  /** As useradd does it. */
  private void addAlice(int number) throws IOException {
    append(number, "passwd", "alice:x:998:998::/home/alice:/bin/sh");
    append(number, "group", "alice:x:998:");
    append(number, "shadow", "alice:$6$hers:20000:0:99999:7:::");
    append(number, "gshadow", "alice:!::");
  }

  private void append(int number, String file, String line) throws IOException {
    Files.writeString(root(number).resolve("etc").resolve(file), line + "\n", APPEND);
  }

  private static final StandardOpenOption APPEND = StandardOpenOption.APPEND;

  private List<String> etc(int number, String file) throws IOException {
    return Files.readAllLines(root(number).resolve("etc").resolve(file));
  }

  private static String owner(Path path) throws IOException {
    return Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)
        + ":"
        + Files.getAttribute(path, "unix:gid", LinkOption.NOFOLLOW_LINKS);
  }

  private void assertOwned(int number, String owner) throws IOException {
    for (String path : OWNED) {
      assertThat(owner(root(number).resolve(path))).as(path).isEqualTo(owner);
    }
  }

  private static String changed(Path path) throws IOException {
    return String.valueOf(Files.getAttribute(path, "unix:ctime", LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void case_31_account_whose_number_the_device_gave_away_has_another_and_so_have_its_files()
      throws IOException {
    addAlice(1);

    Tiu.Outcome outcome = update(second);

    assertOwned(2, "999:999");
    assertThat(owner(top().resolve("@/var/lib/newsvc"))).isEqualTo("999:999");
    assertThat(owner(root(2).resolve("etc/newsvc.conf"))).isEqualTo("0:999");
    assertThat(owner(root(2).resolve("usr/lib/shared"))).isEqualTo("500:500");
    assertThat(Files.getAttribute(root(2).resolve("usr/bin/helper"), "unix:mode"))
        .isEqualTo(0106755);
    assertThat(Command.of("getfacl", "-n", root(2).resolve("usr/lib/acl").toString()).run().text())
        .contains("user:999:r--", "group:999:r--");
    assertThat(etc(2, "passwd"))
        .containsExactly(
            "root:x:0:0:root:/root:/bin/sh",
            "newsvc:x:999:999::/var/lib/newsvc:/bin/false",
            "plain:x:997:997::/var/lib/plain:/bin/false",
            "alice:x:998:998::/home/alice:/bin/sh");
    assertThat(etc(2, "shadow"))
        .contains("newsvc:!*:20000::::::", "alice:$6$hers:20000:0:99999:7:::");
    assertThat(etc(2, "gshadow")).contains("newsvc:!*::", "alice:!::");
    assertThat(owner(root(2).resolve("etc/shadow"))).isEqualTo("0:42");
    assertThat(Files.getAttribute(root(2).resolve("etc/shadow"), "unix:mode")).isEqualTo(0100640);
    assertThat(outcome.out()).contains("newsvc: its number 998 is alice's here: it has 999");
    JsonNode ids =
        new ObjectMapper().readTree(root(2).resolveSibling("tiu/ids.json").toFile()).path("users");
    assertThat(ids.toString()).isEqualTo("[{\"name\":\"newsvc\",\"image\":998,\"device\":999}]");
  }

  @Test
  void check_says_which_accounts_would_have_other_numbers_and_changes_nothing() throws IOException {
    addAlice(1);

    assertThat(update(second, "--check").out())
        .contains(
            "/etc/passwd: newsvc: its number 998 is alice's here: it has 999, and so have its files",
            "/etc/group: newsvc: its number 998 is alice's here");
    JsonNode moved = update(second, "--check", "--json").json().path("movedAccounts");
    assertThat(moved.findValuesAsText("path")).containsExactly("/etc/passwd", "/etc/group");
    assertThat(moved.findValuesAsText("name")).containsOnly("newsvc");
    assertThat(moved.get(0).path("reason").asText()).contains("it has 999");
    assertThat(root(2)).doesNotExist();
    assertThat(etc(1, "passwd")).hasSize(2);
  }

  @Test
  void check_says_nothing_of_accounts_that_keep_their_numbers() throws IOException {
    assertThat(update(second, "--check").out()).doesNotContain("number");
    assertThat(update(second, "--check", "--json").json().path("movedAccounts")).isEmpty();
  }

  @Test
  void files_of_nobody_in_the_image_are_nobodys_of_the_device_either() throws IOException {
    append(1, "passwd", "carol:x:500:500::/home/carol:/bin/sh");
    append(1, "group", "carol:x:500:");
    assertThat(owner(root(1).resolve("usr/lib/shared"))).as("from before her").isEqualTo("500:500");

    Tiu.Outcome outcome = update(second);

    assertThat(owner(root(2).resolve("usr/lib/shared"))).isEqualTo("999:999");
    assertThat(outcome.out())
        .contains("500: files of the image's have that number, which no account of it has");
    assertThat(etc(2, "passwd")).contains("carol:x:500:500::/home/carol:/bin/sh");
    assertThat(String.join("\n", etc(2, "passwd"))).doesNotContain("999");
    assertOwned(2, "998:998");

    Tiu.Outcome next = update(third);
    assertThat(next.out()).contains("Writes 1 file of").doesNotContain("500:");
    assertThat(owner(root(3).resolve("usr/lib/shared"))).isEqualTo("999:999");
  }

  @Test
  void later_images_keep_the_number_and_write_nothing_again() throws IOException {
    addAlice(1);
    update(second);
    loosenSeal(2);

    Tiu.Outcome outcome = update(third);

    assertThat(outcome.out()).contains("Writes 1 file of");
    assertThat(outcome.err()).doesNotContain("weren't as its image says");
    assertOwned(3, "999:999");
    assertThat(owner(root(3).resolve("usr/lib/newsvc/more"))).isEqualTo("999:999");
    for (String path : List.of("usr/lib/newsvc/data", "usr/bin/helper", "usr/lib/acl")) {
      assertThat(changed(root(3).resolve(path))).as(path).isEqualTo(changed(root(2).resolve(path)));
    }
    assertThat(etc(3, "passwd")).isEqualTo(etc(2, "passwd"));
  }

  /** The kernel can't say any more that nothing was changed, so that each file is looked at. */
  private void loosenSeal(int number) throws IOException {
    String root = root(number).toString();
    Command.of("btrfs", "property", "set", root, "ro", "false").run();
    Command.of("chmod", "0644", root + "/usr/lib/shared").run();
    Command.of("sync", "-f", root).run();
    Command.of("btrfs", "property", "set", root, "ro", "true").run();
  }

  @Test
  void number_that_is_given_away_after_an_update_was_staged_makes_it_anew() throws IOException {
    update(second, "--stage");
    assertOwned(2, "998:998");
    addAlice(1);

    update(second);

    assertOwned(3, "999:999");
    assertThat(root(2)).doesNotExist();
    assertThat(etc(3, "passwd")).contains("newsvc:x:999:999::/var/lib/newsvc:/bin/false");
  }

  @Test
  void number_of_an_account_that_was_deleted_here_becomes_no_other_account() throws IOException {
    update(second);
    for (String file : List.of("passwd", "group", "shadow", "gshadow")) {
      Path path = root(2).resolve("etc").resolve(file);
      List<String> left =
          Files.readAllLines(path).stream().filter(l -> !l.startsWith("n")).toList();
      Files.write(path, left);
    }
    addAlice(2);

    update(third);

    assertOwned(3, "999:999");
    assertThat(String.join("\n", etc(3, "passwd"))).doesNotContain("newsvc", "999");
  }

  @Test
  void case_33_dropped_account_that_owns_files_in_var_is_kept_and_locked_and_another_goes()
      throws IOException {
    update(second);

    update(fourth);

    assertThat(etc(3, "passwd"))
        .containsExactly(
            "root:x:0:0:root:/root:/bin/sh", "newsvc:x:998:998::/var/lib/newsvc:/bin/false");
    assertThat(etc(3, "group")).containsExactly("root:x:0:", "newsvc:x:998:");
    assertThat(etc(3, "shadow"))
        .containsExactly("root:*:19000:0:99999:7:::", "newsvc:!*:20000::::::");
    JsonNode conflicts =
        TIU.run("status", "--json", "--sysroot", top()).orFail().json().path("etcConflicts");
    assertThat(conflicts.toString()).contains("/etc/passwd");
    assertThat(root(3).resolveSibling("tiu/ids.json")).doesNotExist();
  }

  @Test
  void accounts_that_change_while_an_update_is_at_work_are_noticed() throws IOException {
    try (Device device = Device.ofSysroot(top());
        SnapshotStore store = device.snapshots();
        Bundle image = Bundle.open(FileSource.open(second), Trust.insecureWithoutSignature());
        Dir etc = store.openLiveEtc(1)) {
      AccountUpdate update = AccountUpdate.of(device, store, store.find(1).orElseThrow(), image);
      assertThat(update.merge(etc).ids().isNone()).isTrue();

      addAlice(1);

      assertThatThrownBy(() -> update.merge(etc))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("run the same command again");
    }
  }
}

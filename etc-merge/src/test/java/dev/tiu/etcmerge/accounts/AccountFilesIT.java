package dev.tiu.etcmerge.accounts;

import static dev.tiu.etcmerge.accounts.AccountFile.GROUP;
import static dev.tiu.etcmerge.accounts.AccountFile.GSHADOW;
import static dev.tiu.etcmerge.accounts.AccountFile.PASSWD;
import static dev.tiu.etcmerge.accounts.AccountFile.SHADOW;
import static dev.tiu.etcmerge.accounts.AccountFile.SUBGID;
import static dev.tiu.etcmerge.accounts.AccountFile.SUBUID;
import static dev.tiu.etcmerge.accounts.Etc.SHIPPED;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.etcmerge.EtcMerge;
import dev.tiu.etcmerge.MergeSettings;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.IdMap;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Cases of accounts as files on btrfs, read from three trees and written into one of them.
 *
 * <pre>
 * base/ image/   passwd group subuid subgid 0644, shadow gshadow 0640 and of the group 42
 * local/         the same, but shadow 0600, gshadow of the group 43, passwd with user.note
 * </pre>
 */
final class AccountFilesIT {
  private static final String NOTE = "user.note";

  private BtrfsDisk disk;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = BtrfsDisk.create(128 << 20);
  }

  @AfterEach
  void closeDisk() throws IOException {
    disk.close();
  }

  private static BytePath path(AccountFile file) {
    return BytePath.of(file.fileName());
  }

  private static Dir put(Dir top, String name, Etc etc) throws IOException {
    top.makeDir(BytePath.of(name), 0755);
    Dir tree = top.openDir(BytePath.of(name));
    for (AccountFile file : AccountFile.values()) {
      boolean secret = file == SHADOW || file == GSHADOW;
      tree.writeNew(path(file), etc.text(file).getBytes(ISO_8859_1), 0600);
      tree.setOwner(path(file), 0, secret ? 42 : 0);
      tree.setMode(path(file), secret ? 0640 : 0644);
    }
    return tree;
  }

  private static Etc read(Dir tree) throws IOException {
    Etc etc = SHIPPED;
    for (AccountFile file : AccountFile.values()) {
      etc = etc.withText(file, new String(tree.readAll(path(file), 1 << 20), ISO_8859_1));
    }
    return etc;
  }

  /** Merges the trees, and sees to it that what was changed here of the files themselves stays. */
  private Etc merge(Etc base, Etc local, Etc image) throws IOException {
    try (Dir top = Dir.open(disk.mountPoint());
        Dir before = put(top, "base", base);
        Dir live = put(top, "local", local);
        Dir shipped = put(top, "image", image)) {
      live.setMode(path(SHADOW), 0600);
      live.setOwner(path(GSHADOW), 0, 43);
      live.setXattr(path(PASSWD), NOTE, new byte[] {1});

      MergedAccounts merged =
          AccountMerge.merge(
              read(before).files(),
              read(live).files(),
              read(shipped).files(),
              IdMap.NONE,
              Owners.NONE);
      Map<BytePath, byte[]> contents = new HashMap<>();
      for (AccountFile file : AccountFile.values()) {
        merged.files().content(file).ifPresent(content -> contents.put(path(file), content));
      }
      EtcMerge.merge(before, shipped, live, MergeSettings.DEFAULT.withDecided(contents));

      assertThat(live.list()).hasSize(AccountFile.values().length);
      requireFile(live, PASSWD, 0644, 0);
      requireFile(live, GROUP, 0644, 0);
      requireFile(live, SHADOW, 0600, 42);
      requireFile(live, GSHADOW, 0640, 43);
      assertThat(live.xattrs(path(PASSWD))).containsKey(NOTE);
      return read(live);
    }
  }

  private static void requireFile(Dir tree, AccountFile file, int mode, int group)
      throws IOException {
    FileStatus status = tree.status(path(file));
    assertThat(status.mode()).as("mode of %s", file).isEqualTo(mode);
    assertThat(status.uid()).isZero();
    assertThat(status.gid()).as("group of %s", file).isEqualTo(group);
  }

  @Test
  void case_32_account_that_the_image_renumbers_keeps_the_devices_number() throws IOException {
    Etc image =
        SHIPPED
            .replace(PASSWD, "old:x:150:150", "old:x:151:152")
            .replace(GROUP, "old:x:150", "old:x:152")
            .replace(PASSWD, "daemon:/usr/sbin", "daemon of the image:/usr/sbin");

    Etc merged = merge(SHIPPED, SHIPPED, image);

    assertThat(merged.line(PASSWD, "old")).isEqualTo(SHIPPED.line(PASSWD, "old"));
    assertThat(merged.line(GROUP, "old")).isEqualTo("old:x:150:");
    assertThat(merged.line(PASSWD, "daemon")).contains("daemon of the image");
  }

  @Test
  void case_34_account_that_the_admin_deleted_stays_deleted_in_all_files() throws IOException {
    Etc image =
        SHIPPED
            .replace(PASSWD, "old:/var/lib/old", "renamed:/srv/old")
            .replace(GROUP, "video:x:44:", "video:x:44:old")
            .addAccount("newsvc", 300);

    Etc merged = merge(SHIPPED, SHIPPED.removeAccount("old"), image);

    for (AccountFile file : new AccountFile[] {PASSWD, GROUP, SHADOW, GSHADOW}) {
      assertThat(merged.line(file, "old")).isEmpty();
      assertThat(merged.line(file, "newsvc")).isNotEmpty();
    }
    assertThat(merged.line(GROUP, "video")).isEqualTo("video:x:44:");
  }

  @Test
  void case_35_members_of_both_sides_are_in() throws IOException {
    Etc local =
        SHIPPED
            .replace(GROUP, "web:x:33:daemon", "web:x:33:daemon,alice")
            .replace(GSHADOW, "web:*::daemon", "web:*::daemon,alice");
    Etc image =
        SHIPPED
            .replace(GROUP, "web:x:33:daemon", "web:x:33:svc,daemon")
            .replace(GSHADOW, "web:*::daemon", "web:*:root:daemon,svc");

    Etc merged = merge(SHIPPED, local, image);

    assertThat(merged.line(GROUP, "web")).isEqualTo("web:x:33:daemon,alice,svc");
    assertThat(merged.line(GSHADOW, "web")).isEqualTo("web:*:root:daemon,alice,svc");
  }

  @Test
  void case_36_password_changed_on_both_sides_is_the_devices_and_another_the_images()
      throws IOException {
    Etc local = SHIPPED.replace(SHADOW, "$6$shipped:19000", "$6$mine:20001");
    Etc image =
        SHIPPED
            .replace(SHADOW, "$6$shipped:19000", "$6$theirs:20002")
            .replace(SHADOW, "old:$6$old:19000", "old:$6$new:20003");

    Etc merged = merge(SHIPPED, local, image);

    assertThat(merged.line(SHADOW, "root")).startsWith("root:$6$mine:20001:");
    assertThat(merged.line(SHADOW, "old")).startsWith("old:$6$new:20003:");
  }

  @Test
  void case_37_toor_nis_lines_and_comments_stay_byte_for_byte() throws IOException {
    String mine =
        """
        # ours: \u00e4\u00ff
        root:x:0:0:root:/root:/bin/bash
        toor:x:00:0:also root:/root:/bin/sh

        not a record at all
        nobody:x:65534:65534:nobody:/:/usr/sbin/nologin
        +admin::::::
        -guest
        +::::::\
        """;
    Etc image = SHIPPED.addAccount("newsvc", 300);

    Etc merged = merge(SHIPPED, SHIPPED.withText(PASSWD, mine), image);

    String line = image.line(PASSWD, "newsvc") + "\n";
    assertThat(merged.text(PASSWD)).isEqualTo(mine.replace("+admin", line + "+admin"));
  }

  @Test
  void case_38_range_that_overlaps_moves_in_both_files() throws IOException {
    Etc local = SHIPPED.add(SUBUID, "alice:100000:65536").add(SUBGID, "alice:100000:65536");
    Etc image =
        SHIPPED
            .addAccount("newsvc", 300)
            .add(SUBUID, "newsvc:120000:65536")
            .add(SUBGID, "newsvc:120000:65536");

    Etc merged = merge(SHIPPED, local, image);

    for (AccountFile file : new AccountFile[] {SUBUID, SUBGID}) {
      assertThat(merged.lines(file)).containsExactly("alice:100000:65536", "newsvc:185536:65536");
    }
  }
}

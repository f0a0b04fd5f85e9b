package dev.tiu.etcmerge.accounts;

import static dev.tiu.etcmerge.accounts.AccountFile.GROUP;
import static dev.tiu.etcmerge.accounts.AccountFile.GSHADOW;
import static dev.tiu.etcmerge.accounts.AccountFile.PASSWD;
import static dev.tiu.etcmerge.accounts.AccountFile.SHADOW;
import static dev.tiu.etcmerge.accounts.CheckedMerge.merge;
import static dev.tiu.etcmerge.accounts.CheckedMerge.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.IdMap;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which accounts there are after a merge, and with what numbers: base / local / new. */
class AccountCasesTest {
  private static final Etc SHIPPED = Etc.SHIPPED;

  @Test
  void case_30_account_of_each_side_both_are_in_all_files() throws IOException {
    Etc local =
        SHIPPED
            .add(PASSWD, "alice:x:1000:1000:Alice:/home/alice:/bin/bash")
            .add(GROUP, "alice:x:1000:")
            .add(SHADOW, "alice:$6$hers:20001:0:99999:7:::")
            .add(GSHADOW, "alice:!::");
    Etc image = SHIPPED.addAccount("newsvc", 300);

    MergedAccounts merged = merge(SHIPPED, local, image);

    assertThat(result(merged).lines(PASSWD))
        .containsExactly(
            "root:x:0:0:root:/root:/bin/bash",
            "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin",
            "web:x:33:33:web:/var/www:/usr/sbin/nologin",
            "old:x:150:150:old:/var/lib/old:/usr/sbin/nologin",
            "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin",
            "newsvc:x:300:300:newsvc:/var/lib/newsvc:/usr/sbin/nologin",
            "alice:x:1000:1000:Alice:/home/alice:/bin/bash");
    for (AccountFile file : new AccountFile[] {GROUP, SHADOW, GSHADOW}) {
      assertThat(result(merged).lines(file))
          .containsAll(local.lines(file))
          .contains(image.line(file, "newsvc"));
    }
    assertThat(merged.ids()).isEqualTo(IdMap.NONE);
    assertThat(merged.notes()).isEmpty();
  }

  @Test
  void case_30_account_without_a_shadow_line_gets_a_locked_one() throws IOException {
    Etc image =
        SHIPPED
            .add(PASSWD, "newsvc:x:300:300::/:/usr/sbin/nologin")
            .add(GROUP, "newsvc:x:300:web")
            .without(SHADOW)
            .without(GSHADOW);

    MergedAccounts merged = merge(SHIPPED, SHIPPED, image);

    assertThat(result(merged).line(SHADOW, "newsvc")).isEqualTo("newsvc:!*:::::::");
    assertThat(result(merged).line(GSHADOW, "newsvc")).isEqualTo("newsvc:!*::web");
  }

  @Test
  void case_31_number_that_the_device_gave_away_another_one_and_the_map_says_so()
      throws IOException {
    Etc local = SHIPPED.addAccount("alice", 998);
    Etc image = SHIPPED.addAccount("newsvc", 998);

    MergedAccounts merged = merge(SHIPPED, local, image);

    assertThat(result(merged).line(PASSWD, "alice")).isEqualTo(local.line(PASSWD, "alice"));
    assertThat(result(merged).line(PASSWD, "newsvc"))
        .isEqualTo("newsvc:x:999:999:newsvc:/var/lib/newsvc:/usr/sbin/nologin");
    assertThat(result(merged).line(GROUP, "newsvc")).isEqualTo("newsvc:x:999:");
    assertThat(merged.ids().users()).containsExactly(new IdMap.Entry("newsvc", 998, 999));
    assertThat(merged.ids().groups()).containsExactly(new IdMap.Entry("newsvc", 998, 999));
    assertThat(merged.notes())
        .containsExactly(
            new AccountNote(
                PASSWD,
                "newsvc",
                "its number 998 is alice's here: it has 999, and so have its files",
                AccountNote.Kind.NUMBER_MOVED),
            new AccountNote(
                GROUP,
                "newsvc",
                "its number 998 is alice's here: it has 999, and so have its files",
                AccountNote.Kind.NUMBER_MOVED));
  }

  @Test
  void case_31_files_whose_number_no_account_of_the_image_has_get_another_if_it_is_given_away_here()
      throws IOException {
    Etc local = SHIPPED.addAccount("alice", 500);
    ImageOwners files = new ImageOwners(Set.of(0, 33, 500, 501), Set.of(500), IdMap.NONE);

    MergedAccounts merged =
        AccountMerge.merge(
            SHIPPED.files(), local.files(), SHIPPED.files(), IdMap.NONE, files, Owners.NONE);

    assertThat(merged.files()).isEqualTo(local.files());
    assertThat(merged.ids().users()).containsExactly(new IdMap.Entry("500", 500, 999));
    assertThat(merged.ids().groups()).containsExactly(new IdMap.Entry("500", 500, 999));
    assertThat(merged.notes())
        .extracting(note -> note.name() + ": " + note.sentence())
        .containsOnly(
            "500: files of the image's have that number, which no account of it has, and it is"
                + " alice's here: they have 999");

    // Its files have 999, whether or not somebody still has the number.
    MergedAccounts next =
        AccountMerge.merge(
            SHIPPED.files(), SHIPPED.files(), SHIPPED.files(), merged.ids(), files, Owners.NONE);
    assertThat(next.ids()).isEqualTo(merged.ids());
    assertThat(next.notes()).isEmpty();
  }

  @Test
  void case_31_new_number_is_none_that_files_of_the_image_have() throws IOException {
    ImageOwners files = new ImageOwners(Set.of(999, 998), Set.of(997), IdMap.NONE);

    MergedAccounts merged =
        AccountMerge.merge(
            SHIPPED.files(),
            SHIPPED.addAccount("alice", 300).files(),
            SHIPPED.addAccount("newsvc", 300).files(),
            IdMap.NONE,
            files,
            Owners.NONE);

    assertThat(merged.ids().users()).containsExactly(new IdMap.Entry("newsvc", 300, 996));
  }

  @Test
  void case_31_new_number_is_free_on_both_sides_and_for_both_kinds() throws IOException {
    Etc local = SHIPPED.addAccount("alice", 998).add(GROUP, "wheel:x:999:");
    Etc image = SHIPPED.addAccount("newsvc", 998).addAccount("other", 997);

    MergedAccounts merged = merge(SHIPPED, local, image);

    assertThat(merged.ids().users()).containsExactly(new IdMap.Entry("newsvc", 998, 996));
    assertThat(merged.ids().groups()).containsExactly(new IdMap.Entry("newsvc", 998, 996));
  }

  @Test
  void case_31_later_images_keep_the_number() throws IOException {
    Etc local = SHIPPED.addAccount("alice", 998);
    Etc second = SHIPPED.addAccount("newsvc", 998);
    MergedAccounts first = merge(SHIPPED, local, second);
    Etc third = second.addAccount("more", 999);

    MergedAccounts merged = merge(second, result(first), third, first.ids(), Owners.NONE);

    assertThat(result(merged).line(PASSWD, "newsvc")).contains(":999:999:");
    assertThat(result(merged).line(PASSWD, "more")).contains(":997:997:");
    assertThat(merged.ids().users())
        .containsExactly(new IdMap.Entry("newsvc", 998, 999), new IdMap.Entry("more", 999, 997));
  }

  @Test
  void case_31_account_made_here_under_the_images_name_keeps_its_number() throws IOException {
    Etc local = SHIPPED.addAccount("newsvc", 500).replace(PASSWD, "/var/lib/newsvc", "/srv/newsvc");
    Etc image = SHIPPED.addAccount("newsvc", 998);

    MergedAccounts merged = merge(SHIPPED, local, image);

    assertThat(merged.files()).isEqualTo(local.files());
    assertThat(merged.ids().users()).containsExactly(new IdMap.Entry("newsvc", 998, 500));
    assertThat(merged.notes())
        .singleElement()
        .satisfies(note -> assertThat(note.isConflict()).isTrue());
  }

  @Test
  void case_32_account_that_the_image_renumbers_keeps_the_devices_number() throws IOException {
    Etc image =
        SHIPPED
            .replace(PASSWD, "old:x:150:150", "old:x:151:152")
            .replace(GROUP, "old:x:150", "old:x:152");

    MergedAccounts merged = merge(SHIPPED, SHIPPED, image);

    assertThat(merged.files()).isEqualTo(SHIPPED.files());
    assertThat(merged.ids().users()).containsExactly(new IdMap.Entry("old", 151, 150));
    assertThat(merged.ids().groups()).containsExactly(new IdMap.Entry("old", 152, 150));
    assertThat(merged.notes())
        .extracting(AccountNote::sentence)
        .containsExactly(
            "has the number 151 in the image now: it keeps 150 here",
            "has the number 152 in the image now: it keeps 150 here");
  }

  @Test
  void case_32_two_accounts_that_change_numbers_with_each_other() throws IOException {
    Etc image =
        SHIPPED
            .replace(PASSWD, "old:x:150:", "old:x:tmp:")
            .replace(PASSWD, "web:x:33:", "web:x:150:")
            .replace(PASSWD, "old:x:tmp:", "old:x:33:");

    MergedAccounts merged = merge(SHIPPED, SHIPPED, image);

    assertThat(merged.files()).isEqualTo(SHIPPED.files());
    assertThat(merged.ids().uid(150)).isEqualTo(33);
    assertThat(merged.ids().uid(33)).isEqualTo(150);
  }

  @Test
  void case_32_another_primary_group_is_taken_and_a_renumbered_one_is_the_same()
      throws IOException {
    Etc image =
        SHIPPED
            .replace(PASSWD, "old:x:150:150", "old:x:150:44")
            .replace(PASSWD, "web:x:33:33", "web:x:33:34")
            .replace(GROUP, "web:x:33:", "web:x:34:");

    MergedAccounts merged = merge(SHIPPED, SHIPPED, image);

    assertThat(result(merged).line(PASSWD, "old")).startsWith("old:x:150:44:");
    assertThat(result(merged).line(PASSWD, "web")).startsWith("web:x:33:33:");
  }

  @Test
  void case_33_dropped_account_with_files_is_kept_locked_and_reported() throws IOException {
    Etc image = SHIPPED.removeAccount("old");

    MergedAccounts merged = merge(SHIPPED, SHIPPED, image, IdMap.NONE, Owners.of(150));

    assertThat(result(merged).text(PASSWD)).isEqualTo(SHIPPED.text(PASSWD));
    assertThat(result(merged).text(GROUP)).isEqualTo(SHIPPED.text(GROUP));
    assertThat(result(merged).line(SHADOW, "old")).isEqualTo("old:!$6$old:19000:0:99999:7:::");
    assertThat(merged.notes())
        .containsExactly(
            new AccountNote(
                PASSWD,
                "old",
                "the image has it no more, but it was changed here or has files: kept, and locked",
                AccountNote.Kind.CONFLICT));
  }

  @Test
  void case_33_dropped_account_without_files_goes_from_all_files() throws IOException {
    Etc shipped = SHIPPED.replace(GROUP, "video:x:44:", "video:x:44:old");
    Etc local = shipped.replace(GROUP, "video:x:44:old", "video:x:44:old,daemon");
    Etc image = SHIPPED.removeAccount("old");

    MergedAccounts merged = merge(shipped, local, image);

    for (AccountFile file : AccountFile.values()) {
      assertThat(result(merged).text(file)).doesNotContain("old");
    }
    assertThat(result(merged).line(GROUP, "video")).isEqualTo("video:x:44:daemon");
  }

  @Test
  void case_33_dropped_account_that_was_changed_here_is_kept() throws IOException {
    Etc image = SHIPPED.removeAccount("old");
    Etc local = SHIPPED.replace(SHADOW, "old:$6$old:19000", "old:$6$mine:20000");

    MergedAccounts merged = merge(SHIPPED, local, image);

    assertThat(result(merged).line(SHADOW, "old")).startsWith("old:!$6$mine:20000:");
    assertThat(merged.notes()).extracting(AccountNote::isConflict).contains(true);
  }

  @Test
  void case_33_number_of_a_removed_account_is_free_and_that_of_a_kept_one_is_not()
      throws IOException {
    Etc image = SHIPPED.removeAccount("old").addAccount("successor", 150);

    MergedAccounts removed = merge(SHIPPED, SHIPPED, image);
    MergedAccounts kept = merge(SHIPPED, SHIPPED, image, IdMap.NONE, Owners.of(150));

    assertThat(result(removed).line(PASSWD, "successor")).contains(":150:150:");
    assertThat(removed.ids()).isEqualTo(IdMap.NONE);
    assertThat(result(kept).line(PASSWD, "successor")).contains(":999:999:");
  }

  @Test
  void case_34_account_that_the_admin_deleted_stays_deleted() throws IOException {
    Etc local = SHIPPED.removeAccount("old");
    Etc image =
        SHIPPED
            .replace(PASSWD, "old:/var/lib/old", "renamed:/srv/old")
            .replace(GROUP, "video:x:44:", "video:x:44:old");

    MergedAccounts merged = merge(SHIPPED, local, image);

    assertThat(merged.files()).isEqualTo(local.files());
    assertThat(merged.ids()).isEqualTo(IdMap.NONE);
  }

  @Test
  void case_34_number_of_a_deleted_account_that_somebody_else_got_is_mapped() throws IOException {
    Etc local = SHIPPED.removeAccount("old").addAccount("alice", 150);

    MergedAccounts merged = merge(SHIPPED, local, SHIPPED);

    assertThat(merged.files()).isEqualTo(local.files());
    assertThat(merged.ids().users()).containsExactly(new IdMap.Entry("old", 150, 999));

    // Nobody has 999 here; its files do.
    Etc third = SHIPPED.addAccount("newsvc", 999);
    MergedAccounts next = merge(SHIPPED, local, third, merged.ids(), Owners.NONE);
    assertThat(next.ids().uid(150)).isEqualTo(999);
    assertThat(next.ids().uid(999)).isEqualTo(998);
  }
}

package dev.tiu.etcmerge.accounts;

import static dev.tiu.etcmerge.accounts.AccountFile.GROUP;
import static dev.tiu.etcmerge.accounts.AccountFile.GSHADOW;
import static dev.tiu.etcmerge.accounts.AccountFile.PASSWD;
import static dev.tiu.etcmerge.accounts.AccountFile.SHADOW;
import static dev.tiu.etcmerge.accounts.AccountFile.SUBGID;
import static dev.tiu.etcmerge.accounts.AccountFile.SUBUID;
import static dev.tiu.etcmerge.accounts.CheckedMerge.merge;
import static dev.tiu.etcmerge.accounts.CheckedMerge.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.IdMap;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What stands in the entries of accounts after a merge, and in which order: base / local / new. */
class AccountEntryCasesTest {
  private static final Etc SHIPPED = Etc.SHIPPED;

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

    MergedAccounts merged = merge(SHIPPED, local, image);

    assertThat(result(merged).line(GROUP, "web")).isEqualTo("web:x:33:daemon,alice,svc");
    assertThat(result(merged).line(GSHADOW, "web")).isEqualTo("web:*:root:daemon,alice,svc");
  }

  @Test
  void case_35_member_that_the_image_takes_out_goes_and_one_of_the_devices_stays()
      throws IOException {
    Etc local = SHIPPED.replace(GROUP, "web:x:33:daemon", "web:x:33:alice,daemon");
    Etc image = SHIPPED.replace(GROUP, "web:x:33:daemon", "web:x:33:");

    assertThat(result(merge(SHIPPED, local, image)).line(GROUP, "web")).isEqualTo("web:x:33:alice");
  }

  @Test
  void case_36_password_changed_on_both_sides_is_the_devices() throws IOException {
    Etc local = SHIPPED.replace(SHADOW, "$6$shipped:19000", "$6$mine:20001");
    Etc image = SHIPPED.replace(SHADOW, "$6$shipped:19000", "$6$theirs:20002");

    MergedAccounts merged = merge(SHIPPED, local, image);

    assertThat(merged.files()).isEqualTo(local.files());
    assertThat(merged.notes())
        .containsExactly(
            new AccountNote(
                SHADOW,
                "root",
                "its password was changed here and in the image: yours stays",
                AccountNote.Kind.CONFLICT));
  }

  @Test
  void case_36_password_that_only_the_image_changed_is_taken_with_its_day() throws IOException {
    Etc local = SHIPPED.replace(SHADOW, "root:$6$shipped:19000:0", "root:$6$shipped:19000:5");
    Etc image = SHIPPED.replace(SHADOW, "$6$shipped:19000", "!*:20002");

    MergedAccounts merged = merge(SHIPPED, local, image);

    assertThat(result(merged).line(SHADOW, "root")).isEqualTo("root:!*:20002:5:99999:7:::");
    assertThat(merged.notes()).isEmpty();
  }

  @Test
  void case_36_image_built_on_another_day_is_no_conflict() throws IOException {
    Etc local = SHIPPED.replace(SHADOW, "$6$shipped:19000", "$6$mine:20001");
    Etc image = SHIPPED.replace(SHADOW, ":19000:", ":20002:");

    MergedAccounts merged = merge(SHIPPED, local, image);

    assertThat(result(merged).line(SHADOW, "root")).startsWith("root:$6$mine:20001:");
    assertThat(result(merged).line(SHADOW, "web")).startsWith("web:*:20002:");
    assertThat(merged.notes()).isEmpty();
  }

  @Test
  void case_37_toor_nis_lines_and_comments_stay_where_they_are() throws IOException {
    String mine =
        """
        # ours: \u00e4\u00ff
        root:x:0:0:root:/root:/bin/bash
        toor:x:00:0:also root:/root:/bin/sh

        daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
        not a record at all
        web:x:33:33:web:/var/www:/usr/sbin/nologin
        old:x:150:150:old:/var/lib/old:/usr/sbin/nologin
        web:x:33:33:the second one doesn't count:/:/bin/sh
        nobody:x:65534:65534:nobody:/:/usr/sbin/nologin
        +admin::::::
        -guest
        +::::::\
        """;
    Etc image = SHIPPED.addAccount("newsvc", 300);

    MergedAccounts merged = merge(SHIPPED, SHIPPED.withText(PASSWD, mine), image);

    String line = image.line(PASSWD, "newsvc") + "\n";
    assertThat(result(merged).text(PASSWD)).isEqualTo(mine.replace("+admin", line + "+admin"));
    assertThat(merged.ids()).isEqualTo(IdMap.NONE);
  }

  @Test
  void case_37_new_account_goes_behind_the_one_that_it_follows_in_the_image() throws IOException {
    String line = "newsvc:x:300:300::/:/usr/sbin/nologin";
    Etc image = SHIPPED.replace(PASSWD, "web:x", line + "\nweb:x");

    MergedAccounts merged = merge(SHIPPED, SHIPPED, image);

    assertThat(result(merged).text(PASSWD)).isEqualTo(image.text(PASSWD));
  }

  @Test
  void case_37_two_names_for_one_number_in_the_image_get_one_here() throws IOException {
    Etc local = SHIPPED.addAccount("alice", 998);
    Etc image = SHIPPED.addAccount("svc", 998).add(PASSWD, "svc2:x:998:998::/:/bin/sh");

    MergedAccounts merged = merge(SHIPPED, local, image);

    assertThat(result(merged).line(PASSWD, "svc")).contains(":999:999:");
    assertThat(result(merged).line(PASSWD, "svc2")).contains(":999:999:");
  }

  @Test
  void case_37_second_name_for_root_from_the_image_is_root() throws IOException {
    Etc image = SHIPPED.add(PASSWD, "toor:x:0:0::/root:/bin/sh");

    MergedAccounts merged = merge(SHIPPED, SHIPPED, image);

    assertThat(result(merged).line(PASSWD, "toor")).startsWith("toor:x:0:0:");
    assertThat(merged.ids()).isEqualTo(IdMap.NONE);
  }

  @Test
  void case_38_range_that_overlaps_moves_in_both_files_and_is_reported() throws IOException {
    Etc local = SHIPPED.add(SUBUID, "alice:100000:65536").add(SUBGID, "alice:100000:65536");
    Etc image =
        SHIPPED
            .addAccount("newsvc", 300)
            .add(SUBUID, "newsvc:120000:65536")
            .add(SUBGID, "newsvc:120000:65536");

    MergedAccounts merged = merge(SHIPPED, local, image);

    assertThat(result(merged).lines(SUBUID))
        .containsExactly("alice:100000:65536", "newsvc:185536:65536");
    assertThat(result(merged).lines(SUBGID))
        .containsExactly("alice:100000:65536", "newsvc:185536:65536");
    assertThat(merged.notes())
        .extracting(AccountNote::sentence)
        .containsOnly("its range from 120000 is another's here: it has the one from 185536");
  }

  @Test
  void case_38_range_that_the_image_moves_stays_where_the_device_has_it() throws IOException {
    Etc shipped = SHIPPED.add(SUBUID, "old:100000:65536", "old:300000:10");
    Etc image = SHIPPED.add(SUBUID, "old:500000:65536");

    MergedAccounts merged = merge(shipped, shipped, image);

    assertThat(merged.files()).isEqualTo(shipped.files());
    assertThat(merged.notes())
        .containsExactly(
            new AccountNote(
                SUBUID,
                "old",
                "has other ranges in the image now: it keeps its own here",
                AccountNote.Kind.SETTLED));
  }

  @Test
  void case_38_range_of_a_user_that_is_named_by_its_number_follows_that() throws IOException {
    Etc local = SHIPPED.addAccount("alice", 998).add(SUBUID, "998:100000:65536");
    Etc image = SHIPPED.addAccount("newsvc", 998).add(SUBUID, "998:200000:65536");

    MergedAccounts merged = merge(SHIPPED, local, image);

    assertThat(result(merged).lines(SUBUID))
        .as("alice's, and newsvc's, which is 999 here")
        .containsExactly("998:100000:65536", "999:200000:65536");
    assertThat(merged.notes())
        .extracting(AccountNote::file)
        .as("nothing is to be said of the ranges")
        .doesNotContain(SUBUID);
  }

  @Test
  void case_38_name_and_number_are_one_user_who_keeps_the_ranges_that_there_are()
      throws IOException {
    Etc shipped = SHIPPED.add(SUBUID, "old:100000:65536").add(SUBGID, "150:100000:65536");
    Etc image = SHIPPED.add(SUBUID, "150:100000:65536").add(SUBGID, "old:100000:65536");

    MergedAccounts merged = merge(shipped, shipped, image);

    assertThat(merged.files()).isEqualTo(shipped.files());
    assertThat(merged.notes()).isEmpty();
  }

  @Test
  void case_38_range_of_a_dropped_user_goes_also_where_that_is_named_by_its_number()
      throws IOException {
    Etc shipped = SHIPPED.add(SUBUID, "150:100000:65536");
    Etc image = SHIPPED.removeAccount("old");

    MergedAccounts merged = merge(shipped, shipped, image);

    assertThat(result(merged).text(SUBUID)).isEmpty();
  }

  @Test
  void case_38_range_of_a_user_that_was_deleted_here_doesnt_come_by_its_number()
      throws IOException {
    Etc local = SHIPPED.removeAccount("old");
    Etc image = SHIPPED.add(SUBUID, "150:100000:65536");

    MergedAccounts merged = merge(SHIPPED, local, image);

    assertThat(merged.files()).isEqualTo(local.files());
  }
}

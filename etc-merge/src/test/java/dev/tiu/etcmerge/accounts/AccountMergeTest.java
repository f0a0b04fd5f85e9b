package dev.tiu.etcmerge.accounts;

import static dev.tiu.etcmerge.accounts.AccountFile.GROUP;
import static dev.tiu.etcmerge.accounts.AccountFile.GSHADOW;
import static dev.tiu.etcmerge.accounts.AccountFile.PASSWD;
import static dev.tiu.etcmerge.accounts.AccountFile.SHADOW;
import static dev.tiu.etcmerge.accounts.AccountFile.SUBUID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.IdMap;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What isn't in the numbered cases. */
class AccountMergeTest {
  private static final Etc SHIPPED = Etc.SHIPPED;

  private static MergedAccounts merge(Etc base, Etc local, Etc image) throws IOException {
    return AccountMerge.merge(base.files(), local.files(), image.files(), IdMap.NONE, Owners.NONE);
  }

  private static Etc result(Etc base, Etc local, Etc image) throws IOException {
    return Etc.of(merge(base, local, image).files());
  }

  @Test
  void image_to_itself_changes_nothing() throws IOException {
    Etc local = SHIPPED.addAccount("alice", 1000).replace(SHADOW, "$6$shipped", "$6$mine");

    MergedAccounts merged = merge(SHIPPED, local, SHIPPED);

    assertThat(merged.files()).isEqualTo(local.files());
    assertThat(merged.ids().isNone()).isTrue();
    assertThat(merged.notes()).isEmpty();
  }

  @Test
  void fields_are_merged_each_on_its_own() throws IOException {
    Etc local = SHIPPED.replace(PASSWD, "/root:/bin/bash", "/root:/bin/zsh");
    Etc image =
        SHIPPED
            .replace(PASSWD, "root:/root:/bin/bash", "Root:/root:/bin/bash")
            .replace(PASSWD, "/var/www:/usr/sbin/nologin", "/srv/www:/bin/false");

    Etc merged = result(SHIPPED, local, image);

    assertThat(merged.line(PASSWD, "root")).isEqualTo("root:x:0:0:Root:/root:/bin/zsh");
    assertThat(merged.line(PASSWD, "web")).isEqualTo("web:x:33:33:web:/srv/www:/bin/false");
  }

  @Test
  void field_changed_on_both_sides_stays_and_is_reported() throws IOException {
    Etc local = SHIPPED.replace(PASSWD, "/root:/bin/bash", "/root:/bin/zsh");
    Etc image = SHIPPED.replace(PASSWD, "/root:/bin/bash", "/root:/bin/sh");

    MergedAccounts merged = merge(SHIPPED, local, image);

    assertThat(merged.files()).isEqualTo(local.files());
    assertThat(merged.notes())
        .containsExactly(
            new AccountNote(
                PASSWD,
                "root",
                "its shell was changed here and in the image: yours stays",
                AccountNote.Kind.CONFLICT));
  }

  @Test
  void file_that_no_side_had_is_made_of_what_the_image_brings() throws IOException {
    Etc shipped = SHIPPED.without(SUBUID).without(GSHADOW);
    Etc local = shipped.removeAccount("old");
    Etc image = SHIPPED.add(SUBUID, "old:100000:10", "web:200000:10");

    Etc merged = result(shipped, local, image);

    assertThat(merged.lines(SUBUID)).containsExactly("web:200000:10");
    assertThat(merged.lines(GSHADOW)).contains("web:*::daemon").doesNotContain("old:!::");
  }

  @Test
  void file_that_the_device_removed_stays_away() throws IOException {
    Etc local = SHIPPED.without(SHADOW);
    Etc image = SHIPPED.addAccount("newsvc", 300);

    MergedAccounts merged = merge(SHIPPED, local, image);

    assertThat(merged.files().content(SHADOW)).isEmpty();
    assertThat(Etc.of(merged.files()).line(PASSWD, "newsvc")).isNotEmpty();
  }

  @Test
  void image_without_the_files_drops_no_account() throws IOException {
    Etc image = SHIPPED.without(PASSWD).without(GROUP).without(SHADOW).without(GSHADOW);

    MergedAccounts merged = merge(SHIPPED, SHIPPED, image);

    assertThat(merged.files()).isEqualTo(SHIPPED.files());
    assertThat(merged.notes()).isEmpty();
  }

  @Test
  void overflow_id_is_nobodys_whatever_it_is_called() throws IOException {
    Etc local = SHIPPED.replace(GROUP, "nobody:x:65534:", "nogroup:x:65534:alice");

    MergedAccounts merged = merge(SHIPPED, local, SHIPPED.replace(GROUP, "nobody:", "nobody2:"));

    assertThat(merged.ids().isNone()).isTrue();
  }

  @Test
  void nothing_of_the_images_becomes_roots() throws IOException {
    Etc local = SHIPPED.replace(PASSWD, "web:x:33:33", "web:x:0:0");

    MergedAccounts merged = merge(SHIPPED, local, SHIPPED);

    assertThat(merged.ids().isNone()).isTrue();
    assertThat(merged.files()).isEqualTo(local.files());
  }

  @Test
  void new_groups_member_that_the_admin_deleted_is_left_out() throws IOException {
    Etc local = SHIPPED.removeAccount("old");
    Etc image = SHIPPED.add(GROUP, "new:x:301:old,web").add(GSHADOW, "new:!:old:web,old");

    Etc merged = result(SHIPPED, local, image);

    assertThat(merged.line(GROUP, "new")).isEqualTo("new:x:301:web");
    assertThat(merged.line(GSHADOW, "new")).isEqualTo("new:!::web");
  }

  @Test
  void no_number_left_is_said_with_what_to_do() {
    Etc crowded = SHIPPED;
    for (int number = 100; number <= 999; number++) {
      if (number != 150) {
        crowded = crowded.addAccount("u" + number, number);
      }
    }
    Etc local = crowded;
    Etc image = SHIPPED.addAccount("newsvc", 998);

    assertThatThrownBy(() -> merge(SHIPPED, local, image))
        .isInstanceOf(NoFreeIdException.class)
        .hasMessage(
            "the image's account newsvc has the number 998, which is u998's here, and none from"
                + " 100 to 999 is free to give it instead. Nothing was changed; remove accounts"
                + " that aren't needed, or give u998 another number with usermod or groupmod");
  }

  @Test
  void user_and_group_get_different_numbers_where_no_common_one_is_free() throws IOException {
    Etc crowded = SHIPPED.addAccount("taken", 998);
    for (int number = 100; number <= 999; number++) {
      if (number != 150 && number != 998) {
        crowded =
            number % 2 == 0
                ? crowded.add(PASSWD, "u%d:x:%d:1::/:/bin/sh".formatted(number, number))
                : crowded.add(GROUP, "g%d:x:%d:".formatted(number, number));
      }
    }

    MergedAccounts merged = merge(SHIPPED, crowded, SHIPPED.addAccount("newsvc", 998));

    assertThat(merged.ids().uid(998)).isEqualTo(999);
    assertThat(merged.ids().gid(998)).isEqualTo(996);
  }

  @Test
  void text_without_a_last_newline_keeps_that_unless_a_line_follows() throws IOException {
    String text = SHIPPED.text(PASSWD).stripTrailing();
    Etc local = SHIPPED.withText(PASSWD, text);

    assertThat(result(SHIPPED, local, SHIPPED).text(PASSWD)).isEqualTo(text);
    Etc image = SHIPPED.addAccount("newsvc", 300);
    assertThat(result(SHIPPED, local, image).text(PASSWD)).isEqualTo(image.text(PASSWD));
  }

  @Test
  void secrets_are_in_no_message() throws IOException {
    MergedAccounts merged = merge(SHIPPED, SHIPPED, SHIPPED);

    assertThat(merged.toString()).doesNotContain("$6$");
  }
}

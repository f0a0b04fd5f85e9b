package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConffilesTest {
  private static final String A = "0123456789abcdef0123456789abcdef";
  private static final String B = "fedcba9876543210fedcba9876543210";

  private static Map<BytePath, Set<String>> parse(String status) {
    return Conffiles.parse(status.getBytes(StandardCharsets.UTF_8)).digests();
  }

  @Test
  void digests_stand_with_their_paths_below_etc() {
    assertThat(
            parse(
                """
                Package: one
                Conffiles:
                 /etc/a %1$s
                 /etc/d/gone %2$s obsolete
                 /etc/later %1$s remove-on-upgrade
                Version: 1

                Package: two
                Conffiles:
                 /etc/with space %2$s
                """
                    .formatted(A, B)))
        .isEqualTo(
            Map.of(
                BytePath.of("a"), Set.of(A),
                BytePath.of("d/gone"), Set.of(B),
                BytePath.of("later"), Set.of(A),
                BytePath.of("with space"), Set.of(B)));
  }

  @Test
  void file_of_two_packages_has_both_digests() {
    assertThat(
            parse(
                """
                Conffiles:
                 /etc/a %s obsolete

                Conffiles:
                 /etc/a %s
                """
                    .formatted(A, B)))
        .isEqualTo(Map.of(BytePath.of("a"), Set.of(A, B)));
  }

  @Test
  void what_is_not_of_that_form_says_nothing() {
    assertThat(
            parse(
                """
                Description: x
                 /etc/description %1$s
                Conffiles:
                 /etc/new newconffile
                 /usr/lib/x %1$s
                 /etc/ %1$s
                 /etc/../x %1$s
                 %1$s

                """
                    .formatted(A)))
        .isEmpty();
  }
}

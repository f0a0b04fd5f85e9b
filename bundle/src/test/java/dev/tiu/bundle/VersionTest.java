package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of the UAPI Group's Version Format Specification. */
final class VersionTest {
  private static void assertOrder(String lower, String higher) {
    assertThat(Version.compare(lower, higher)).as("%s < %s", lower, higher).isNegative();
    assertThat(Version.compare(higher, lower)).as("%s > %s", higher, lower).isPositive();
  }

  private static void assertSame(String a, String b) {
    assertThat(Version.compare(a, b)).as("%s == %s", a, b).isZero();
    assertThat(Version.compare(b, a)).as("%s == %s", b, a).isZero();
  }

  @Test
  void equal_examples_compare_equal() {
    assertSame("11", "11");
    assertSame("systemd-123", "systemd-123");
    assertSame("11α", "11β");
    assertSame("1_", "1");
    assertSame("_1", "1");
    assertSame("1+", "1");
    assertSame("+1", "1");
    assertSame("007", "7");
  }

  @Test
  void ordered_examples_compare_in_order() {
    assertOrder("bar-123", "foo-123");
    assertOrder("123", "123a");
    assertOrder("123", "123.a");
    assertOrder("123.a", "123.b");
    assertOrder("123.a", "123a");
    assertOrder("B", "a");
    assertOrder("", "0");
    assertOrder("0", "0.");
    assertOrder("0", "0.0");
    assertOrder("~", "0");
    assertOrder("~", "");
    assertOrder("1_", "1.2");
    assertOrder("1.3.3", "1_2_3");
    assertOrder("1+", "1.2");
    assertOrder("1.3.3", "1+2+3");
  }

  @Test
  void long_example_is_sorted() {
    List<String> sorted =
        List.of(
            "122.1",
            "123~rc1-1",
            "123",
            "123-a",
            "123-a.1",
            "123-1",
            "123-1.1",
            "123^post1",
            "123.a-1",
            "123.1-1",
            "123a-1",
            "124-1");
    for (int i = 0; i < sorted.size(); i++) {
      for (int j = i + 1; j < sorted.size(); j++) {
        assertOrder(sorted.get(i), sorted.get(j));
      }
    }
  }

  @Test
  void numbers_of_any_length_compare_as_numbers() {
    assertOrder("9", "10");
    assertOrder("99999999999999999998", "99999999999999999999");
    assertOrder("20261120.9", "20261120.10");
  }

  @Test
  void hostile_texts_are_refused() {
    for (String text : List.of("", " 1", "1\n", "a/b", "..\\", "1\"", "a".repeat(129), "α")) {
      assertThatThrownBy(() -> new Version(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not a version");
    }
  }
}

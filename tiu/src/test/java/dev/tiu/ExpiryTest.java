package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpiryTest {
  @Test
  void a_day_is_valid_to_its_end() {
    assertThat(Expiry.parse("2027-01-31").instant())
        .isEqualTo(Instant.parse("2027-02-01T00:00:00Z"));
  }

  @Test
  void a_moment_may_have_any_offset_and_loses_its_fraction() {
    assertThat(Expiry.parse("2027-01-31T12:00:00.5+02:00").instant())
        .isEqualTo(Instant.parse("2027-01-31T10:00:00Z"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tomorrow", "2027-13-01", "2027-01-31T12:00:00", "31.1.2027"})
  void anything_else_is_refused_with_an_example(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Expiry.parse(text))
        .withMessageContaining("2027-01-31T12:00:00Z");
  }
}

package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RebootRequestTest {
  /** As {@code busctl --json=short call … ListInhibitors} of logind gives it. */
  private static Optional<String> blocking(String locks) throws JsonProcessingException {
    String answer = "{\"type\":\"a(ssssuu)\",\"data\":[[" + locks + "]]}";
    return RebootRequest.blocking(new ObjectMapper().readTree(answer));
  }

  @Test
  void lock_that_blocks_a_shutdown_is_against_a_reboot() throws Exception {
    assertThat(
            blocking(
                """
                ["shutdown:idle","backup","copying the database","block",0,812],
                ["sleep:shutdown","desk","a meeting","block",1000,900]
                """))
        .contains("backup (copying the database, process 812); desk (a meeting, process 900)");
  }

  @Test
  void lock_that_only_delays_one_or_blocks_something_else_is_not() throws Exception {
    assertThat(blocking("")).isEmpty();
    assertThat(
            blocking(
                """
                ["shutdown","unattended","stop ongoing work","delay",0,500],
                ["sleep:idle","desk","shutdown isn't meant here","block",1000,900]
                """))
        .isEmpty();
  }
}

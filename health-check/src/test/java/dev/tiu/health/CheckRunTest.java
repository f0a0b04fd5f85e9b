package dev.tiu.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.health.probe.Finding;
import dev.tiu.health.probe.Probe;
import java.time.Duration;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

final class CheckRunTest {
  private final ManualPace pace = new ManualPace();
  private int looks;

  /** Good in those seconds of the test. */
  private Probe probe(Probe.Cost cost, LongPredicate goodAt) {
    return new Probe() {
      @Override
      public Finding look(Duration limit) {
        looks++;
        return Finding.of(goodAt.test(pace.seconds()), "at " + pace.seconds());
      }

      @Override
      public Cost cost() {
        return cost;
      }
    };
  }

  private CheckResult run(Probe probe, int timeout, int tries, int pause, int settle)
      throws InterruptedException {
    Patience patience =
        new Patience(
            Duration.ofSeconds(timeout),
            tries,
            Duration.ofSeconds(pause),
            Duration.ofSeconds(settle));
    return new CheckRun(new Check("it", "it", Importance.REQUIRED, patience, probe), pace).run();
  }

  @Test
  void what_is_good_at_once_takes_no_time() throws Exception {
    CheckResult result = run(probe(Probe.Cost.LOOK, at -> true), 60, 3, 5, 0);
    assertThat(result.passed()).isTrue();
    assertThat(result.tries()).isEqualTo(1);
    assertThat(result.took()).isZero();
  }

  @Test
  void what_becomes_good_in_time_passes_in_the_first_try() throws Exception {
    CheckResult result = run(probe(Probe.Cost.LOOK, at -> at >= 40), 60, 1, 5, 0);
    assertThat(result.passed()).isTrue();
    assertThat(result.took()).isBetween(Duration.ofSeconds(40), Duration.ofSeconds(45));
    assertThat(looks).as("less often as it takes longer").isLessThan(25);
  }

  @Test
  void what_never_becomes_good_takes_all_tries_and_their_pauses() throws Exception {
    CheckResult result = run(probe(Probe.Cost.LOOK, at -> false), 10, 3, 5, 0);
    assertThat(result.passed()).isFalse();
    assertThat(result.tries()).isEqualTo(3);
    assertThat(result.took()).isEqualTo(Duration.ofSeconds(10 + 5 + 10 + 5 + 10));
    assertThat(result.detail()).isEqualTo("at 40");
  }

  @Test
  void what_will_not_change_is_not_looked_at_again_in_a_try() throws Exception {
    CheckResult result =
        run(
            limit -> {
              looks++;
              return Finding.bad("failed", false);
            },
            600,
            2,
            5,
            0);
    assertThat(result.passed()).isFalse();
    assertThat(looks).isEqualTo(2);
    assertThat(result.took()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void dear_look_is_made_once_a_try() throws Exception {
    CheckResult result = run(probe(Probe.Cost.WORK, at -> at >= 7), 10, 3, 5, 0);
    assertThat(result.passed()).isTrue();
    assertThat(looks).isEqualTo(3);
    assertThat(result.took()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void what_is_to_settle_must_stay_good() throws Exception {
    CheckResult stays = run(probe(Probe.Cost.LOOK, at -> at >= 5), 10, 1, 5, 20);
    assertThat(stays.passed()).isTrue();
    assertThat(stays.took()).isEqualTo(Duration.ofSeconds(25));
  }

  @Test
  void what_falls_back_while_it_settles_has_failed_that_try() throws Exception {
    CheckResult result = run(probe(Probe.Cost.LOOK, at -> at < 3), 10, 1, 5, 20);
    assertThat(result.passed()).isFalse();
    assertThat(result.detail()).isEqualTo("at 3, after 3 s in which it was good");
    CheckResult next = run(probe(Probe.Cost.LOOK, at -> at != 6), 10, 2, 5, 5);
    assertThat(next.passed()).isTrue();
    assertThat(next.tries()).isEqualTo(2);
  }
}

package dev.tiu.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.health.probe.Finding;
import dev.tiu.health.probe.Probe;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class HealthChecksTest {
  private static final Patience ONCE =
      new Patience(Duration.ofSeconds(1), 1, Duration.ZERO, Duration.ZERO);

  private interface Look {
    Finding look() throws InterruptedException;
  }

  private static Check check(String name, String lane, Importance importance, Look look) {
    Probe probe =
        new Probe() {
          @Override
          public Finding look(Duration limit) throws InterruptedException {
            return look.look();
          }

          @Override
          public Cost cost() {
            return Cost.WORK;
          }
        };
    return new Check(name, lane, importance, ONCE, probe);
  }

  private static Check check(String name, Importance importance, boolean good) {
    return check(name, name, importance, () -> Finding.of(good, good ? "fine" : "broken"));
  }

  @Test
  void all_checks_are_in_the_report_by_name_whichever_fail() throws Exception {
    HealthReport report =
        new HealthChecks(
                List.of(
                    check("c", Importance.REQUIRED, false),
                    check("a", Importance.REQUIRED, true),
                    check("b", Importance.WANTED, false)))
            .run();
    assertThat(report.results()).extracting(CheckResult::name).containsExactly("a", "b", "c");
    assertThat(report.isGood()).isFalse();
    assertThat(report.reason()).isEqualTo("c: broken");
  }

  @Test
  void wanted_check_that_fails_makes_nothing_bad() throws Exception {
    HealthReport report = new HealthChecks(List.of(check("b", Importance.WANTED, false))).run();
    assertThat(report.isGood()).isTrue();
    assertThat(report.failed(Importance.WANTED)).hasSize(1);
  }

  @Test
  void no_checks_at_all_are_good() throws Exception {
    assertThat(new HealthChecks(List.of()).run().isGood()).isTrue();
  }

  @Test
  void checks_run_beside_each_other() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    Look meet =
        () -> {
          both.countDown();
          both.await();
          return Finding.good("met");
        };
    HealthReport report =
        new HealthChecks(
                List.of(
                    check("a", "a", Importance.REQUIRED, meet),
                    check("b", "b", Importance.REQUIRED, meet)))
            .run();
    assertThat(report.isGood()).isTrue();
  }

  @Test
  void checks_of_one_lane_run_one_after_the_other() throws Exception {
    List<String> order = new CopyOnWriteArrayList<>();
    Look first =
        () -> {
          order.add("a begins");
          Thread.sleep(20);
          order.add("a ends");
          return Finding.good("");
        };
    HealthChecks checks =
        new HealthChecks(
            List.of(
                check(
                    "b",
                    "scripts",
                    Importance.REQUIRED,
                    () -> {
                      order.add("b");
                      return Finding.good("");
                    }),
                check("a", "scripts", Importance.REQUIRED, first)));
    HealthReport unused = checks.run();
    assertThat(order).containsExactly("a begins", "a ends", "b");
    assertThat(checks.waiting()).isEmpty();
  }

  @Test
  void what_is_waited_for_is_known_meanwhile() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    HealthChecks checks =
        new HealthChecks(
            List.of(
                check(
                    "slow",
                    "slow",
                    Importance.REQUIRED,
                    () -> {
                      asked.await();
                      return Finding.good("");
                    })));
    Thread run =
        new Thread(
            () -> {
              try {
                HealthReport unused = checks.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    run.start();
    assertThat(checks.waiting()).containsExactly("slow");
    asked.countDown();
    run.join();
    assertThat(checks.waiting()).isEmpty();
  }

  @Test
  void check_whose_own_code_breaks_has_failed_and_the_others_are_made() throws Exception {
    HealthReport report =
        new HealthChecks(
                List.of(
                    check("a", Importance.REQUIRED, true),
                    check(
                        "b",
                        "b",
                        Importance.REQUIRED,
                        () -> {
                          throw new IllegalStateException("oops");
                        })))
            .run();
    assertThat(report.results()).hasSize(2);
    assertThat(report.reason()).contains("b: can't be made").contains("oops");
  }
}

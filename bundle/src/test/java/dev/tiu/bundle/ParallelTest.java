package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ParallelTest {
  @Test
  void run_letsEachWorkerWorkOnce() throws IOException {
    AtomicInteger runs = new AtomicInteger();

    Parallel.run(3, runs::incrementAndGet);

    assertThat(runs).hasValue(3);
  }

  @Test
  void run_whenSeveralFail_keepsWhatTheOthersThrew() {
    AtomicInteger number = new AtomicInteger();
    CountDownLatch both = new CountDownLatch(2);

    assertThatThrownBy(
            () ->
                Parallel.run(
                    2,
                    () -> {
                      int mine = number.incrementAndGet();
                      both.countDown();
                      awaitUninterrupted(both);
                      throw new IOException("worker " + mine);
                    }))
        .isInstanceOf(IOException.class)
        .satisfies(
            failure ->
                assertThat(failure.getSuppressed())
                    .singleElement()
                    .satisfies(other -> assertThat(other).hasMessageStartingWith("worker ")));
  }

  @Test
  void run_whenOneFails_throwsThatAndLetsTheOthersEnd() {
    AtomicInteger number = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();

    assertThatThrownBy(
            () ->
                Parallel.run(
                    2,
                    () -> {
                      if (number.incrementAndGet() == 1) {
                        throw new IOException("the first");
                      }
                      ended.incrementAndGet();
                    }))
        .hasMessage("the first");

    assertThat(ended).hasValue(1);
  }

  @Test
  void alongside_doesTheTaskHereWhileTheOtherRuns() throws IOException {
    CountDownLatch started = new CountDownLatch(2);
    AtomicInteger aside = new AtomicInteger();

    Thread here =
        Parallel.alongside(
            () -> {
              started.countDown();
              awaitUninterrupted(started);
              aside.incrementAndGet();
            },
            () -> {
              started.countDown();
              awaitUninterrupted(started);
              return Thread.currentThread();
            });

    assertThat(here).isSameAs(Thread.currentThread());
    assertThat(aside).hasValue(1);
  }

  @Test
  void alongside_whenTheTaskFails_throwsThatAfterTheOtherHasEnded() {
    AtomicInteger ended = new AtomicInteger();
    CountDownLatch running = new CountDownLatch(1);

    assertThatThrownBy(
            () ->
                Parallel.alongside(
                    () -> {
                      running.countDown();
                      ended.incrementAndGet();
                    },
                    () -> {
                      awaitUninterrupted(running);
                      throw new IOException("the task");
                    }))
        .hasMessage("the task");

    assertThat(ended).hasValue(1);
  }

  @Test
  void alongside_whenTheOtherFails_throwsWhatItThrew() {
    assertThatThrownBy(
            () ->
                Parallel.alongside(
                    () -> {
                      throw new IOException("the other");
                    },
                    () -> true))
        .hasMessage("the other");
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

package dev.tiu.health.probe;

import dev.tiu.linux.KernelClock;
import java.io.IOException;
import java.time.Duration;

/** Whether the clock is set by something that knows the time. */
public record TimeProbe() implements Probe {
  @Override
  public Finding look(Duration limit) {
    try {
      return KernelClock.isSynchronized()
          ? Finding.good("the clock is synchronised")
          : Finding.bad("the clock isn't synchronised");
    } catch (IOException e) {
      return Finding.bad("the clock can't be asked: " + e.getMessage());
    }
  }
}

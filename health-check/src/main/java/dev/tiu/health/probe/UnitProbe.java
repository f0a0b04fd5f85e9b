package dev.tiu.health.probe;

import java.io.IOException;
import java.time.Duration;

/**
 * Whether a unit of systemd's is active; one that does its work once and ends may have done that.
 *
 * @param unit with its suffix, as {@code nginx.service} or {@code app.target}
 */
public record UnitProbe(Units units, String unit) implements Probe {
  @Override
  public Finding look(Duration limit) {
    try {
      UnitState state = units.state(unit);
      return Finding.of(state.isUp(), unit + " " + state.describe());
    } catch (IOException e) {
      return Finding.bad("systemd can't be asked: " + e.getMessage());
    }
  }
}

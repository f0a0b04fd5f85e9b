package dev.tiu.health.probe;

import java.io.IOException;
import java.util.NavigableSet;

/** What systemd knows of its units. */
public interface Units {
  /** How a unit stands. */
  UnitState state(String unit) throws IOException;

  /** Those that failed. */
  NavigableSet<String> failed() throws IOException;

  /** Those that are being started or stopped just now, but for the one that asks. */
  NavigableSet<String> inMotion() throws IOException;
}

package dev.tiu;

import java.io.InputStream;
import java.time.Clock;
import java.util.Map;

/**
 * What commands are handed from outside.
 *
 * @param in standard input
 * @param clock the present time; a device's may be wrong
 * @param environment of the process
 */
record Context(Console console, InputStream in, Clock clock, Map<String, String> environment) {
  Context {
    environment = Map.copyOf(environment);
  }
}

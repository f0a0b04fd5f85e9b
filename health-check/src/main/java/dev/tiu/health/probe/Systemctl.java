package dev.tiu.health.probe;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Asks systemd by {@code systemctl}. Many checks ask at once, and again each second: so all the
 * units that were ever asked for are asked for together, and an answer is taken for new for a
 * second.
 */
public final class Systemctl implements Units {
  private static final Duration TIME_LIMIT = Duration.ofSeconds(20);
  private static final long NEW_NANOS = Duration.ofMillis(900).toNanos();
  private static final List<String> SHOW =
      List.of(
          "systemctl",
          "show",
          "--property=LoadState,ActiveState,SubState,Type,Result,ExecMainStartTimestampMonotonic",
          "--");

  private final String own;
  private final NavigableSet<String> wanted = new TreeSet<>();
  private Map<String, UnitState> states = Map.of();
  private long statesAt;
  private Optional<Answer> failed = Optional.empty();
  private Optional<Answer> inMotion = Optional.empty();

  /** What was answered when. */
  private record Answer(NavigableSet<String> units, long at) {
    boolean isNew() {
      return System.nanoTime() - at < NEW_NANOS;
    }
  }

  /**
   * @param own the unit that this runs in, which is on its way itself
   */
  public Systemctl(String own) {
    this.own = own;
  }

  @Override
  public synchronized UnitState state(String unit) throws IOException {
    boolean known = !wanted.add(unit);
    Optional<UnitState> answer = Optional.ofNullable(states.get(unit));
    if (known && answer.isPresent() && System.nanoTime() - statesAt < NEW_NANOS) {
      return answer.get();
    }
    List<String> units = List.copyOf(wanted);
    List<String> argv = new ArrayList<>(SHOW);
    argv.addAll(units);
    states = states(units, Command.of(argv).timeLimit(TIME_LIMIT).run().text());
    statesAt = System.nanoTime();
    return Optional.ofNullable(states.get(unit))
        .orElseThrow(() -> new IOException("systemctl said nothing of " + unit));
  }

  /** A paragraph for each unit, in their order. */
  static Map<String, UnitState> states(List<String> units, String output) {
    Map<String, UnitState> states = new HashMap<>();
    String[] paragraphs = output.split("\n\n", -1);
    for (int i = 0; i < Math.min(units.size(), paragraphs.length); i++) {
      states.put(units.get(i), UnitState.of(paragraphs[i]));
    }
    return states;
  }

  @Override
  public synchronized NavigableSet<String> failed() throws IOException {
    if (failed.filter(Answer::isNew).isEmpty()) {
      String output =
          Command.of(
                  "systemctl",
                  "list-units",
                  "--state=failed",
                  "--all",
                  "--full",
                  "--plain",
                  "--no-legend")
              .timeLimit(TIME_LIMIT)
              .run()
              .text();
      failed = Optional.of(new Answer(firstWords(output), System.nanoTime()));
    }
    return failed.orElseThrow().units();
  }

  /** The first word of each line. */
  static NavigableSet<String> firstWords(String output) {
    NavigableSet<String> names = new TreeSet<>();
    for (String line : output.lines().toList()) {
      String name = line.strip().split("\\s+", 2)[0];
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    return names;
  }

  @Override
  public synchronized NavigableSet<String> inMotion() throws IOException {
    if (inMotion.filter(Answer::isNew).isEmpty()) {
      String output =
          Command.of("systemctl", "list-jobs", "--full", "--plain", "--no-legend")
              .timeLimit(TIME_LIMIT)
              .run()
              .text();
      NavigableSet<String> units = running(output);
      units.remove(own);
      inMotion = Optional.of(new Answer(units, System.nanoTime()));
    }
    return inMotion.orElseThrow().units();
  }

  /** Of {@code JOB UNIT TYPE STATE} what runs: what waits does so for one that runs. */
  static NavigableSet<String> running(String output) {
    NavigableSet<String> units = new TreeSet<>();
    for (String line : output.lines().toList()) {
      String[] words = line.strip().split("\\s+", -1);
      if (words.length == 4 && words[3].equals("running")) {
        units.add(words[1]);
      }
    }
    return units;
  }
}

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
import java.util.function.Function;

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

  private final NavigableSet<String> wanted = new TreeSet<>();
  private Map<String, UnitState> states = Map.of();
  private long statesAt;
  private final Listing failed =
      new Listing(
          Systemctl::firstWords,
          "systemctl",
          "list-units",
          "--state=failed",
          "--all",
          "--full",
          "--plain",
          "--no-legend");
  private final Listing inMotion;

  /** Units that systemd lists, and when it did. */
  private static final class Listing {
    private final Function<String, NavigableSet<String>> reader;
    private final List<String> argv;
    private Optional<NavigableSet<String>> units = Optional.empty();
    private long at;

    Listing(Function<String, NavigableSet<String>> reader, String... argv) {
      this.reader = reader;
      this.argv = List.of(argv);
    }

    NavigableSet<String> now() throws IOException {
      if (units.isEmpty() || !isNew(at)) {
        String output = Command.of(argv).timeLimit(TIME_LIMIT).run().text();
        units = Optional.of(reader.apply(output));
        at = System.nanoTime();
      }
      return units.get();
    }
  }

  /**
   * Of the machine that this runs on.
   *
   * @param own the unit that this runs in, which is on its way itself
   */
  public Systemctl(String own) {
    this.inMotion =
        new Listing(
            output -> runningBeside(own, output),
            "systemctl",
            "list-jobs",
            "--full",
            "--plain",
            "--no-legend");
  }

  private static boolean isNew(long at) {
    return System.nanoTime() - at < NEW_NANOS;
  }

  @Override
  public synchronized UnitState state(String unit) throws IOException {
    boolean known = !wanted.add(unit);
    Optional<UnitState> answer = Optional.ofNullable(states.get(unit));
    if (known && answer.isPresent() && isNew(statesAt)) {
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
    return failed.now();
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
    return inMotion.now();
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

  private static NavigableSet<String> runningBeside(String own, String output) {
    NavigableSet<String> units = running(output);
    units.remove(own);
    return units;
  }
}

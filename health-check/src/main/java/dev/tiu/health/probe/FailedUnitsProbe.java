package dev.tiu.health.probe;

import dev.tiu.linux.Glob;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Whether all units are on their feet, and none has failed.
 *
 * @param except patterns of units that may fail
 */
public record FailedUnitsProbe(Units units, List<Glob> except) implements Probe {
  private static final int SHOWN = 5;

  /** Keeps a copy. */
  public FailedUnitsProbe {
    except = List.copyOf(except);
  }

  @Override
  public Finding look(Duration limit) {
    try {
      List<String> failed = counting(units.failed().stream().toList());
      List<String> inMotion = counting(units.inMotion().stream().toList());
      if (!failed.isEmpty()) {
        // What is still on its way may mend it.
        return Finding.bad("failed: " + named(failed), !inMotion.isEmpty());
      }
      return inMotion.isEmpty()
          ? Finding.good("no unit has failed")
          : Finding.bad("still on their way: " + named(inMotion));
    } catch (IOException e) {
      return Finding.bad("systemd can't be asked: " + e.getMessage());
    }
  }

  private List<String> counting(List<String> all) {
    return all.stream().filter(u -> except.stream().noneMatch(g -> g.matches(u))).toList();
  }

  private static String named(List<String> names) {
    String shown = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
    return names.size() > SHOWN ? shown + " and " + (names.size() - SHOWN) + " more" : shown;
  }
}

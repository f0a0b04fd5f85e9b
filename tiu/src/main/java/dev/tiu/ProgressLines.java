package dev.tiu;

import dev.tiu.bundle.Progress;
import java.util.EnumMap;
import java.util.Map;

/** Says in a line how far a work has come, ten times for each of its stages. */
final class ProgressLines implements Progress {
  private static final int STEPS = 10;

  private final Console console;
  private final Map<Stage, Integer> said = new EnumMap<>(Stage.class);

  ProgressLines(Console console) {
    this.console = console;
  }

  @Override
  public synchronized void at(Stage stage, long done, long total) {
    if (total <= 0) {
      return;
    }
    int step = (int) (done * STEPS / total);
    if (step > said.getOrDefault(stage, 0)) {
      said.put(stage, step);
      console.note("%s: %d %% of %s".formatted(stage, step * 100 / STEPS, Console.size(total)));
    }
  }
}

package dev.tiu.etcmerge;

import dev.tiu.linux.RoomOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Tools that do what a test says; all are there. */
final class FakeTools implements Tools {
  /** What a tool does when it is run. */
  @FunctionalInterface
  interface Tool {
    RoomOutcome run(List<String> argv) throws IOException;
  }

  final List<List<String>> runs = new ArrayList<>();
  private final Tool tool;

  FakeTools(Tool tool) {
    this.tool = tool;
  }

  static RoomOutcome yes() {
    return new RoomOutcome.Ended(0, "all is well\n");
  }

  static RoomOutcome no(String words) {
    return new RoomOutcome.Ended(1, words);
  }

  @Override
  public boolean has(String program) {
    return true;
  }

  @Override
  public RoomOutcome run(List<String> argv) throws IOException {
    runs.add(argv);
    return tool.run(argv);
  }
}

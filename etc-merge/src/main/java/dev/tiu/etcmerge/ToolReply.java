package dev.tiu.etcmerge;

import dev.tiu.linux.RoomOutcome;
import dev.tiu.linux.RoomOutcome.CannotRun;
import dev.tiu.linux.RoomOutcome.Ended;
import dev.tiu.linux.RoomOutcome.TimedOut;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a tool said, put the same way whatever became of it.
 *
 * @param words its last lines, or why it said nothing
 */
record ToolReply(Answer answer, List<String> words) {
  private static final int LINES = 8;

  enum Answer {
    YES,
    NO,
    /** It didn't get to an end. */
    NONE
  }

  /** No failure of a tool is one of the update; only who interrupts it is heard. */
  static ToolReply of(Tools tools, List<String> argv) throws IOException {
    try {
      return of(argv.get(0), tools.run(argv));
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return new ToolReply(Answer.NONE, lastLines(String.valueOf(e.getMessage())));
    }
  }

  private static ToolReply of(String program, RoomOutcome outcome) {
    if (outcome instanceof Ended ended) {
      List<String> words = lastLines(ended.output());
      if (ended.exitCode() == 0) {
        return new ToolReply(Answer.YES, words);
      }
      String code = "exit code " + ended.exitCode();
      return new ToolReply(Answer.NO, words.isEmpty() ? List.of(code) : words);
    } else if (outcome instanceof TimedOut timedOut) {
      List<String> words = new ArrayList<>(lastLines(timedOut.output()));
      words.add("%s did not end within %d s".formatted(program, timedOut.limit().toSeconds()));
      return new ToolReply(Answer.NONE, List.copyOf(words));
    } else if (outcome instanceof CannotRun cannot) {
      return new ToolReply(Answer.NONE, List.of(cannot.reason()));
    }
    return new ToolReply(Answer.NONE, List.of(program + " is not in the image"));
  }

  boolean isYes() {
    return answer == Answer.YES;
  }

  private static List<String> lastLines(String text) {
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    return lines.subList(Math.max(0, lines.size() - LINES), lines.size());
  }
}

package dev.tiu.health.probe;

import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import dev.tiu.linux.CommandException.Exited;
import dev.tiu.linux.CommandException.TimedOut;
import dev.tiu.linux.OutputTail;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Whether a program ends with 0. It is ended with all that it started when its time is over.
 *
 * @param argv the program and its arguments; no shell
 * @param environment beside what tiu's own process has
 */
public record CommandProbe(List<String> argv, Map<String, String> environment) implements Probe {
  private static final int TAIL = 4096;

  /** Keeps copies. */
  public CommandProbe {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
  }

  /** With tiu's own environment. */
  public static CommandProbe of(List<String> argv) {
    return new CommandProbe(argv, Map.of());
  }

  @Override
  public Finding look(Duration limit) {
    OutputTail tail = new OutputTail(TAIL);
    String name = argv.get(0);
    try {
      Command.Result result =
          Command.of(argv).environment(environment).timeLimit(limit).output(tail::readFrom).run();
      return new Finding(true, name + " ended with 0", said(tail, result.errorTail()));
    } catch (CommandException e) {
      String output = said(tail, e.errorTail());
      if (e.failure() instanceof Exited exited) {
        return new Finding(false, "%s ended with %d".formatted(name, exited.code()), output);
      } else if (e.failure() instanceof TimedOut) {
        String detail = "%s didn't end within %d s".formatted(name, Bounded.seconds(limit));
        return new Finding(false, detail, output);
      }
      return new Finding(false, String.valueOf(e.getMessage()), output);
    }
  }

  private static String said(OutputTail tail, String errors) {
    String output = tail.text();
    return output.isEmpty() || errors.isEmpty() ? output + errors : output + "\n" + errors;
  }

  @Override
  public Cost cost() {
    return Cost.WORK;
  }
}

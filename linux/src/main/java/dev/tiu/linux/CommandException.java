package dev.tiu.linux;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A program run outside that didn't do what it should; the message has its last words. */
public final class CommandException extends IOException {
  private static final int LINES_SHOWN = 8;

  /** How a program can fail. */
  public sealed interface Failure {}

  /** It ended with a code that wasn't accepted; 128 and more is a signal's number plus 128. */
  public record Exited(int code) implements Failure {}

  /** It ran longer than it may. */
  public record TimedOut(Duration limit) implements Failure {}

  /** It printed more than it may. */
  public record TooMuchOutput(int limit) implements Failure {}

  /** There is no such program; the Debian package that has it, where that is known. */
  public record NotInstalled(Optional<String> debianPackage) implements Failure {}

  /** It could not be started, as the cause says. */
  public record NotStarted() implements Failure {}

  /** What it should read could not be made, as the cause says. */
  public record InputFailed() implements Failure {}

  /** What it printed could not be used, as the cause says. */
  public record OutputFailed() implements Failure {}

  /** The thread that waited for it was interrupted. */
  public record Interrupted() implements Failure {}

  private final List<String> argv;
  private final transient Failure failure;
  private final String errorTail;

  CommandException(List<String> argv, Failure failure, String errorTail) {
    super(message(argv, failure, errorTail, ""));
    this.argv = argv;
    this.failure = failure;
    this.errorTail = errorTail;
  }

  CommandException(List<String> argv, Failure failure, String errorTail, Exception cause) {
    super(message(argv, failure, errorTail, String.valueOf(cause.getMessage())), cause);
    this.argv = argv;
    this.failure = failure;
    this.errorTail = errorTail;
  }

  /** The program and its arguments. */
  public List<String> argv() {
    return argv;
  }

  /** What went wrong. */
  public Failure failure() {
    return failure;
  }

  /** The last of what the program wrote to its standard error, some kilobytes at most. */
  public String errorTail() {
    return errorTail;
  }

  private static String message(
      List<String> argv, Failure failure, String errorTail, String cause) {
    StringBuilder message = new StringBuilder(argv.get(0)).append(' ').append(say(failure, cause));
    if (!(failure instanceof NotInstalled)) {
      message.append("\n  command: ").append(String.join(" ", argv));
      message.append(lastLines(errorTail));
    }
    return message.toString();
  }

  private static String say(Failure failure, String cause) {
    if (failure instanceof Exited exited) {
      return exited.code() > 128
          ? "was ended by signal " + (exited.code() - 128)
          : "failed with exit code " + exited.code();
    } else if (failure instanceof TimedOut timedOut) {
      return "did not end within " + seconds(timedOut.limit()) + " s and was ended";
    } else if (failure instanceof TooMuchOutput tooMuch) {
      return "printed more than " + tooMuch.limit() + " bytes and was ended";
    } else if (failure instanceof NotInstalled missing) {
      return "is not installed"
          + missing.debianPackage().map(name -> " (Debian package " + name + ")").orElse("");
    } else if (failure instanceof NotStarted) {
      return "could not be started: " + cause;
    } else if (failure instanceof InputFailed) {
      return "was ended because its input failed: " + cause;
    } else if (failure instanceof OutputFailed) {
      return "was ended because its output could not be used: " + cause;
    }
    return "was ended because the wait for it was interrupted";
  }

  private static String seconds(Duration limit) {
    return limit.toMillis() % 1000 == 0
        ? Long.toString(limit.toSeconds())
        : Double.toString(limit.toMillis() / 1000.0);
  }

  private static String lastLines(String errorTail) {
    List<String> lines = errorTail.lines().filter(line -> !line.isBlank()).toList();
    return lines.stream()
        .skip(Math.max(0, lines.size() - LINES_SHOWN))
        .map(line -> "\n  " + line)
        .collect(Collectors.joining());
  }
}

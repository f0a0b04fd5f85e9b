package dev.tiu;

import dev.tiu.bundle.http.NoRoomException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what failed; only a defect of ours shows where in the code. */
final class FailureReport implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private final Console console;

  FailureReport(Console console) {
    this.console = console;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult result) {
    return report(failure).number();
  }

  /** A command line that can't be understood; the usage itself would hide what is wrong with it. */
  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    String command = failure.getCommandLine().getCommandSpec().qualifiedName();
    StringBuilder line = new StringBuilder("tiu: ").append(failure.getMessage());
    if (failure instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      line.append("; did you mean ").append(String.join(" or ", unmatched.getSuggestions()));
    }
    console.note(line + ". `" + command + " --help` shows the usage");
    return ExitCode.USAGE.number();
  }

  /** Says what failed and gives the code to end with. */
  ExitCode report(Exception thrown) {
    Throwable cause = thrown.getCause();
    Exception failure =
        thrown instanceof UncheckedIOException && cause instanceof IOException e ? e : thrown;
    ExitCode code = ExitCode.of(failure);
    if (failure instanceof ClosedPipeException) {
      return code;
    }
    console.note("tiu: " + harmless(message(failure, code)));
    for (Throwable suppressed : failure.getSuppressed()) {
      console.note("tiu: afterwards also: " + harmless(String.valueOf(suppressed.getMessage())));
    }
    return code;
  }

  /** Messages quote what was found in a bundle from anybody: it must not steer the terminal. */
  private static String harmless(String message) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < message.length(); i++) {
      char c = message.charAt(i);
      boolean steers = Character.isISOControl(c) && c != '\n' && c != '\t';
      shown.append(steers ? String.format("\\x%02x", (int) c) : String.valueOf(c));
    }
    return shown.toString();
  }

  private static String message(Exception failure, ExitCode code) {
    if (code == ExitCode.INTERNAL) {
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      return "this is a defect in tiu; please report it with these lines\n" + trace;
    }
    boolean ourWords =
        failure instanceof NoSpaceException
            || failure instanceof NoRoomException
            || ExitCode.isTooSmall(failure)
            || failure instanceof OutputException;
    if (code == ExitCode.NO_SPACE && !ourWords) {
      return "no space left on the disk ("
          + failure.getMessage()
          + ")."
          + " Make room and run the same command again: it finishes or removes what is half done";
    }
    if (failure instanceof AccessDeniedException e) {
      return e.getFile() + ": permission denied";
    }
    if (failure instanceof NoSuchFileException e) {
      return e.getFile() + ": there is no such file";
    }
    if (failure instanceof FileSystemException e && e.getReason() == null) {
      return e.getFile() + ": " + e.getClass().getSimpleName().replace("Exception", "");
    }
    return String.valueOf(failure.getMessage());
  }
}

package dev.tiu;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import picocli.CommandLine;

/** The program {@code tiu}. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its {@link ExitCode}. */
  public static void main(String[] arguments) {
    LibraryPlace.choose();
    // Not System.out, which keeps failures to itself.
    Console console =
        new Console(
            new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
    System.exit(
        run(new Context(console, System.in, Clock.systemUTC(), System.getenv()), arguments));
  }

  /** Runs one command; the caller keeps the process. */
  static int run(Context context, String... arguments) {
    int code = commandLine(context, arguments).execute(arguments);
    Optional<IOException> lost = context.console().outputFailure();
    return code == ExitCode.OK.number() && lost.isPresent()
        ? new FailureReport(context.console()).report(lost.get()).number()
        : code;
  }

  /** What reads these arguments; without any, the parser of all commands. */
  static CommandLine commandLine(Context context, String... arguments) {
    CommandFactory factory = new CommandFactory(context);
    CommandLine commandLine = new CommandLine(new TiuCommand(), factory);
    for (Class<?> command : TiuCommand.commandsFor(arguments)) {
      commandLine.addSubcommand(new CommandLine(command, factory));
    }
    Converters.register(commandLine);
    FailureReport report = new FailureReport(context.console());
    commandLine.setExecutionExceptionHandler(report);
    commandLine.setParameterExceptionHandler(report);
    commandLine.setExitCodeExceptionMapper(failure -> ExitCode.of(failure).number());
    commandLine.setOut(context.console().out());
    commandLine.setErr(context.console().err());
    commandLine.setUsageHelpAutoWidth(true);
    return commandLine;
  }
}

package dev.tiu;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tiu health}, which only has commands. */
@Command(
    name = "health",
    description = "Make health checks, and see what was found by those of a boot.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      HealthCheckCommand.class,
      HealthReportCommand.class,
      HealthStatusCommand.class,
      HealthVerdictCommand.class
    })
final class HealthCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Say which command: check, report, status or verdict");
  }
}

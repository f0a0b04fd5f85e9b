package dev.tiu;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tiu etc}, which only has commands. */
@Command(
    name = "etc",
    description = "See what is changed in /etc, and what updates make of it.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      EtcStatusCommand.class,
      EtcDiffCommand.class,
      EtcPreviewCommand.class,
      EtcConflictsCommand.class,
      EtcResolveCommand.class,
      EtcResetCommand.class,
      EtcFinishCommand.class
    })
final class EtcCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "Say which command: status, diff, preview, conflicts, resolve, reset or finish");
  }
}

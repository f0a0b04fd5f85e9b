package dev.tiu;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tiu} itself, which only has commands. */
@Command(
    name = "tiu",
    description = "Image-based updates on btrfs snapshots.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      CreateCommand.class,
      KeyCommand.class,
      InfoCommand.class,
      VerifyCommand.class,
      LsCommand.class,
      CatCommand.class,
      DiffCommand.class,
      MountCommand.class,
      UmountCommand.class,
      ExtractCommand.class,
      InstallCommand.class,
      UpdateCommand.class,
      ListCommand.class,
      StatusCommand.class,
      RollbackCommand.class,
      GcCommand.class,
      HelpCommand.class,
    })
final class TiuCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say which command");
  }
}

package dev.tiu;

import java.util.List;
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
    synopsisSubcommandLabel = "COMMAND")
final class TiuCommand implements Runnable {
  private static final List<Class<?>> COMMANDS =
      List.of(
          CreateCommand.class,
          DeltaCommand.class,
          PublishCommand.class,
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
          AdoptCommand.class,
          GrowCommand.class,
          UpdateCommand.class,
          ListCommand.class,
          StatusCommand.class,
          EtcCommand.class,
          KargsCommand.class,
          RollbackCommand.class,
          MarkGoodCommand.class,
          MarkBadCommand.class,
          BootedCommand.class,
          HealthCommand.class,
          RebootCommand.class,
          GcCommand.class,
          HelpCommand.class);

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say which command");
  }

  /**
   * The commands that this command line can need: the one that it begins with, or all. The others
   * are left out because the parser reads every option's annotations, which takes as long as the
   * start of Java itself.
   */
  static List<Class<?>> commandsFor(String... arguments) {
    return COMMANDS.stream()
        .filter(type -> type != HelpCommand.class)
        .filter(type -> arguments.length > 0 && name(type).equals(arguments[0]))
        .findFirst()
        .<List<Class<?>>>map(List::of)
        .orElse(COMMANDS);
  }

  static String name(Class<?> command) {
    return command.getAnnotation(Command.class).name();
  }
}

package dev.tiu;

import dev.tiu.boot.cmdline.CommandLine;
import dev.tiu.boot.cmdline.KernelArgument;
import dev.tiu.boot.cmdline.KernelArguments;
import java.util.List;
import java.util.Set;

/** The arguments that a system was started with, as far as they are of use in another root. */
final class StartArguments {
  /** What loaders add for what they load, beside what finds the root. */
  private static final Set<String> LOADERS = Set.of("BOOT_IMAGE", "initrd", "rootfstype");

  private StartArguments() {}

  /**
   * Those to keep; what follows {@code --} is for init, and isn't one of the kernel's.
   *
   * @throws IllegalArgumentException if the line can't be written again
   */
  static KernelArguments keep(String commandLine) {
    String line = (" " + commandLine.strip() + " ").split(" -- ", -1)[0];
    List<KernelArgument> kept =
        KernelArguments.parse(line.strip()).list().stream()
            .filter(argument -> !CommandLine.isOwn(argument))
            .filter(argument -> !LOADERS.contains(argument.name()))
            .toList();
    return new KernelArguments(kept);
  }

  /** A file of /etc/tiu/cmdline.d with them. */
  static String file(KernelArguments arguments) {
    StringBuilder text =
        new StringBuilder("# What the kernel was started with when this system was adopted.\n");
    arguments.list().forEach(argument -> text.append(argument).append('\n'));
    return text.toString();
  }
}

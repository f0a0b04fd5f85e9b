package dev.tiu.boot.disk;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.nio.file.Path;

/**
 * Partition tables, through util-linux's sfdisk.
 *
 * <p>It writes sectors of the table and nothing else: what old signatures there are, and what the
 * kernel shall know, is its caller's job.
 */
final class Sfdisk {
  private Sfdisk() {}

  static void write(Path disk, PartitionPlan plan) throws CommandException {
    quiet(disk, "--wipe", "never", "--wipe-partitions", "never")
        .input(plan.script().getBytes(UTF_8))
        .run();
  }

  static FoundTable read(Path disk) throws CommandException, GrowException {
    return FoundTable.parse(disk, Command.of("sfdisk", "--dump", disk.toString()).run().text());
  }

  /** Puts a GPT's copy to the end of the disk as it is now. */
  static void moveBackup(Path disk) throws CommandException {
    Command.of("sfdisk", "--relocate", "gpt-bak-std", disk.toString()).run();
  }

  /** Gives one partition another size, in sectors; all else of the table stays. */
  static void resize(Path disk, int number, long start, long sectors) throws CommandException {
    String line = "start=%d, size=%d%n".formatted(start, sectors);
    quiet(disk, "--wipe", "never", "--partno", Integer.toString(number))
        .input(line.getBytes(UTF_8))
        .run();
  }

  private static Command quiet(Path disk, String... more) {
    String[] argv = new String[more.length + 5];
    argv[0] = "sfdisk";
    argv[1] = "--quiet";
    argv[2] = "--no-reread";
    argv[3] = "--no-tell-kernel";
    System.arraycopy(more, 0, argv, 4, more.length);
    argv[argv.length - 1] = disk.toString();
    return Command.of(argv);
  }
}

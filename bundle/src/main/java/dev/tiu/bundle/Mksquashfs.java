package dev.tiu.bundle;

import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs mksquashfs, 4.5 or later, on a tar stream.
 *
 * <p>A stream for every kind of source: with a directory mksquashfs skips what it can't read, drops
 * ACLs, and takes exclusions as patterns in which names mustn't have special characters. Its own
 * answer is checked later, against what was fed.
 */
final class Mksquashfs {
  private static final Duration TIME_LIMIT = Duration.ofHours(12);

  /** What env(1) exits with if the program isn't there. */
  private static final int NOT_FOUND = 127;

  private Mksquashfs() {}

  static void run(BundleSpec spec, Path image, Command.InputWriter stream) throws IOException {
    try {
      Command.of(arguments(spec, image)).timeLimit(TIME_LIMIT).input(stream).run();
    } catch (CommandException e) {
      throw explained(e);
    }
  }

  private static List<String> arguments(BundleSpec spec, Path image) {
    // With SOURCE_DATE_EPOCH in its environment mksquashfs changes the files' own times.
    List<String> arguments =
        new ArrayList<>(List.of("env", "-u", "SOURCE_DATE_EPOCH", "mksquashfs"));
    arguments.addAll(List.of("-", image.toString(), "-tar", "-noappend", "-reproducible"));
    arguments.addAll(List.of("-no-progress", "-quiet", "-exit-on-error"));
    arguments.addAll(List.of("-xattrs", "-no-exports", "-no-tailends"));
    arguments.addAll(List.of("-b", Integer.toString(spec.blockSize().bytes())));
    arguments.addAll(List.of("-mkfs-time", Long.toString(spec.created().getEpochSecond())));
    arguments.addAll(spec.compression().options());
    return arguments;
  }

  private static IOException explained(CommandException failure) {
    if (failure.failure() instanceof CommandException.InputFailed
        && failure.getCause() instanceof IOException cause) {
      return cause;
    }
    if (failure.failure() instanceof CommandException.Exited exited && exited.code() == NOT_FOUND) {
      return new IOException(
          "mksquashfs isn't installed (Debian: apt-get install squashfs-tools)", failure);
    }
    if (failure.errorTail().contains("No space left on device")) {
      return new IOException("no space left on the disk for the image", failure);
    }
    return failure;
  }
}

package dev.tiu.health.probe;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Whether a program runs.
 *
 * @param root where {@code proc} lies
 * @param name of the process as {@code ps} has it, or with a slash the program's path
 */
public record ProcessProbe(Path root, String name) implements Probe {
  /** {@code TASK_COMM_LEN} without its end. */
  private static final int COMM = 15;

  @Override
  public Finding look(Duration limit) {
    String comm = name.substring(0, Math.min(COMM, name.length()));
    try (DirectoryStream<Path> all = Files.newDirectoryStream(root.resolve("proc"), "[0-9]*")) {
      for (Path process : all) {
        if (name.startsWith("/") ? runs(process) : isNamed(process, comm)) {
          return Finding.good("%s runs, process %s".formatted(name, process.getFileName()));
        }
      }
      return Finding.bad(name + " doesn't run");
    } catch (IOException e) {
      return Finding.bad("processes can't be read: " + e.getMessage());
    }
  }

  private boolean runs(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("exe")).toString().equals(name);
    } catch (IOException ended) {
      return false;
    }
  }

  private static boolean isNamed(Path process, String comm) {
    return SysFile.read(process, "comm").equals(comm);
  }
}

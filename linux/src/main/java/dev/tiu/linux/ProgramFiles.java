package dev.tiu.linux;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Directories whose programs are all run, one after the other: hooks, checks. */
public final class ProgramFiles {
  private ProgramFiles() {}

  /** Its programs, in the order of their names; none if there is no such directory. */
  public static List<Path> of(Path directory) throws IOException {
    return all(directory).stream().filter(ProgramFiles::isProgram).toList();
  }

  /** All that is in it, by name: what isn't to be run may stand for a program elsewhere. */
  public static List<Path> all(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
        all.forEach(found::add);
      }
    }
    found.sort(null);
    return found;
  }

  /** Whether it can be run. */
  public static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}

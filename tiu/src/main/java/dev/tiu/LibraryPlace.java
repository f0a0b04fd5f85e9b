package dev.tiu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where JNA unpacks its library at each start. By itself it takes the user's home directory, which
 * on a device lies on the disk that {@code tiu gc} shall make room on when it is full.
 */
final class LibraryPlace {
  private static final String PROPERTY = "jna.tmpdir";

  /** Where a package has it unpacked, so that nothing is to be looked for at each start. */
  private static final String UNPACKED = "jna.boot.library.path";

  private static final Path MOUNTS = Path.of("/proc/self/mounts");
  private static final Path MEMORY = Path.of("/dev/shm");

  private LibraryPlace() {}

  /** Takes memory, unless somebody chose another place; before JNA is used. */
  static void choose() {
    boolean chosen = System.getProperty(PROPERTY) != null || System.getProperty(UNPACKED) != null;
    if (!chosen && Files.isWritable(MEMORY) && isFit()) {
      System.setProperty(PROPERTY, MEMORY.toString());
    }
  }

  private static boolean isFit() {
    try {
      return isFit(Files.readAllLines(MOUNTS));
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether it is memory, and a library there may be loaded; as /proc/self/mounts shows it. */
  static boolean isFit(List<String> mounts) {
    boolean fit = false;
    for (String mount : mounts) {
      String[] fields = mount.split(" ", 6);
      if (fields.length > 3 && fields[1].equals(MEMORY.toString())) {
        List<String> options = List.of(fields[3].split(",", -1));
        fit = fields[2].equals("tmpfs") && options.contains("rw") && !options.contains("noexec");
      }
    }
    return fit;
  }
}

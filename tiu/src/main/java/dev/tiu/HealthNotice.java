package dev.tiu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * What the machine tells whoever looks at it, of how it stands: in files of /run that login and
 * sshd show, and {@code tiu health status} reads.
 *
 * <pre>
 * run/tiu/health             one line
 * run/motd.d/tiu             the same, while there is something to know at login
 * run/issue.d/tiu.issue      the same, above the console's login
 * </pre>
 *
 * @param root of the system
 */
record HealthNotice(Path root) {
  private static final String STATE = "run/tiu/health";
  private static final String MOTD = "run/motd.d/tiu";
  private static final String ISSUE = "run/issue.d/tiu.issue";

  /** What somebody who logs in has to know. */
  void show(String line) {
    write(STATE, line);
    write(MOTD, line);
    // Agetty takes a backslash for a sequence of its own.
    write(ISSUE, line.replace('\\', '/'));
  }

  /** All is well, and nobody needs to be told. */
  void settle(String line) {
    write(STATE, line);
    remove(MOTD);
    remove(ISSUE);
  }

  /** The last line. */
  Optional<String> read() throws IOException {
    Path file = root.resolve(STATE);
    return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
  }

  /** Of a machine whose /run can't be written more is broken than this. */
  private void write(String path, String line) {
    Path file = root.resolve(path);
    try {
      Files.createDirectories(file.getParent());
      Path whole = file.resolveSibling("." + file.getFileName() + ".new");
      Files.writeString(whole, line.strip() + "\n");
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // It is in the journal too.
    }
  }

  private void remove(String path) {
    try {
      boolean unused = Files.deleteIfExists(root.resolve(path));
    } catch (IOException e) {
      // As above.
    }
  }
}

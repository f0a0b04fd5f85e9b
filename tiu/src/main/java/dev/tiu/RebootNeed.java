package dev.tiu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is kept while a machine waits for the reboot into another snapshot: {@code
 * run/tiu/reboot-needed}, a line that says so, which tiu-reboot.service asks for. A reboot empties
 * /run.
 *
 * @param root of the system
 */
record RebootNeed(Path root) {
  private static final String FILE = "run/tiu/reboot-needed";

  void note(String line) throws IOException {
    Path file = root.resolve(FILE);
    Files.createDirectories(file.getParent());
    Files.writeString(file, line + "\n");
  }

  void forget() throws IOException {
    boolean unused = Files.deleteIfExists(root.resolve(FILE));
  }

  Optional<String> read() throws IOException {
    Path file = root.resolve(FILE);
    return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
  }
}

package dev.tiu.boot.loader;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test with an empty boot partition of its own. */
abstract class OnBootPartition {
  /** In memory: what is tested is what lies there, and each of many files is synced. */
  private static final Path MEMORY = Path.of("/dev/shm");

  @TempDir Path fallback;
  Path directory;
  BootFixture fixture;

  @BeforeEach
  final void makePartition() throws IOException {
    directory = Files.isWritable(MEMORY) ? Files.createTempDirectory(MEMORY, "tiu") : fallback;
    fixture = new BootFixture(directory);
  }

  @AfterEach
  final void closePartition() throws IOException {
    fixture.close();
    if (!directory.equals(fallback)) {
      try (Dir parent = Dir.open(MEMORY)) {
        parent.removeTree(BytePath.of(String.valueOf(directory.getFileName())));
      }
    }
  }
}

package dev.tiu.bundle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Inputs that fuzzing starts from, where Jazzer looks for them: in the test resources, {@code
 * <class>Inputs/<method>/<name>} beside the class. What fuzzing finds is put there too.
 */
public final class FuzzSeeds {
  private static final Path RESOURCES = Path.of("src", "test", "resources");

  private FuzzSeeds() {}

  private static Path path(Class<?> test, String method, String name) {
    return RESOURCES
        .resolve(test.getPackageName().replace('.', '/'))
        .resolve(test.getSimpleName() + "Inputs")
        .resolve(method)
        .resolve(name);
  }

  /** A committed input. */
  public static byte[] read(Class<?> test, String method, String name) {
    try {
      return Files.readAllBytes(path(test, method, name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts an input where it is committed. */
  public static void write(Class<?> test, String method, String name, byte[] bytes)
      throws IOException {
    Path path = path(test, method, name);
    Files.createDirectories(path.getParent());
    Files.write(path, bytes);
  }
}

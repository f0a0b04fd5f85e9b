package dev.tiu.e2e.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.LockFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Files that take long to make, kept under names that say what they were made from: {@code
 * TIU_E2E_CACHE}, else {@code ~/.cache/tiu-e2e}.
 */
public final class Cache {
  /** Somebody else may be making the same, for an emulated architecture. */
  private static final Duration PATIENCE = Duration.ofMinutes(40);

  private static final Duration KEPT = Duration.ofDays(3);

  /** Makes the file that is wanted, complete or not at all. */
  @FunctionalInterface
  public interface Maker {
    void make(Path file) throws IOException;
  }

  private final Path directory;

  private Cache(Path directory) {
    this.directory = directory;
  }

  /** The one of this user, or that the environment names. */
  public static Cache ofUser() throws IOException {
    String named = System.getenv("TIU_E2E_CACHE");
    Path home = Path.of(System.getProperty("user.home"), ".cache", "tiu-e2e");
    return new Cache(Files.createDirectories(named == null ? home : Path.of(named)));
  }

  /**
   * Gives a file, and makes it if it isn't there.
   *
   * @param name what people call it
   * @param inputs what it depends on; with others it is another file
   */
  public Path get(String name, String suffix, List<String> inputs, Maker maker) throws IOException {
    String key = sha256(String.join("\n", inputs)).substring(0, 12);
    Path file = directory.resolve(name + "-" + key + suffix);
    try (Dir dir = Dir.open(directory)) {
      LockFile lock = LockFile.lock(dir, BytePath.of(name + ".lock"), "tests", PATIENCE);
      try {
        if (!Files.exists(file)) {
          Path part = directory.resolve("." + file.getFileName() + ".part");
          dir.removeIfThere(BytePath.of(part.getFileName().toString()));
          removeOld(dir, name);
          maker.make(part);
          Files.move(part, file);
        }
      } finally {
        lock.close();
      }
    }
    return file;
  }

  /** What other inputs made some days ago, which nobody may have asked for since. */
  private static void removeOld(Dir dir, String name) throws IOException {
    long before = Instant.now().minus(KEPT).getEpochSecond();
    for (DirEntry entry : dir.list()) {
      if (entry.name().toString().matches(Pattern.quote(name) + "-[0-9a-f]{12}.*")
          && dir.status(entry.name()).mtimeSeconds() < before) {
        dir.removeTree(entry.name());
      }
    }
  }

  static String sha256(String text) {
    return HexFormat.of().formatHex(digest().digest(text.getBytes(UTF_8)));
  }

  /** Of all these files' content, in their order. */
  static String sha256(List<Path> files) throws IOException {
    MessageDigest digest = digest();
    for (Path file : files) {
      digest.update(Files.readAllBytes(file));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

package dev.tiu.bundle;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that gets its name only when it is complete.
 *
 * <p>Until then it lies beside it as {@code .NAME.partial-PID}. What a process that was killed has
 * left is removed by the next one that makes the same file.
 */
public final class PartialFile implements AutoCloseable {
  private final Path target;
  private final Path path;
  private boolean committed;

  private PartialFile(Path target, Path path) {
    this.target = target;
    this.path = path;
  }

  /**
   * Begins a file; nothing is written yet.
   *
   * @throws IOException if there can't be one at that place
   */
  public static PartialFile create(Path target) throws IOException {
    Path absolute = target.toAbsolutePath();
    Path directory = absolute.getParent();
    Path name = absolute.getFileName();
    if (directory == null || name == null) {
      throw new IOException(target + ": no name for a file");
    }
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(directory + ": isn't a directory to write a bundle to");
    }
    if (Files.isDirectory(absolute)) {
      throw new IOException(target + ": is a directory");
    }
    String prefix = "." + name + ".partial-";
    removeLeftovers(directory, prefix);
    Path path = directory.resolve(prefix + ProcessHandle.current().pid());
    Files.deleteIfExists(path);
    return new PartialFile(absolute, path);
  }

  private static void removeLeftovers(Path directory, String prefix) throws IOException {
    DirectoryStream.Filter<Path> ours =
        file -> String.valueOf(file.getFileName()).startsWith(prefix);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, ours)) {
      for (Path file : files) {
        String pid = String.valueOf(file.getFileName()).substring(prefix.length());
        if (pid.matches("[0-9]{1,9}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** Where to write. */
  public Path path() {
    return path;
  }

  /** Gives the file, whose bytes must be on disk already, its name. */
  public void commit() throws IOException {
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    committed = true;
    Path directory = target.getParent();
    if (directory == null) {
      throw new NoSuchFileException(target.toString());
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Removes the file unless it was committed. */
  @Override
  public void close() throws IOException {
    if (!committed) {
      Files.deleteIfExists(path);
    }
  }
}

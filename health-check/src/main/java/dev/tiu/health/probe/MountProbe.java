package dev.tiu.health.probe;

import dev.tiu.linux.MountEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whether something is mounted at a place.
 *
 * @param type of its file system, if that matters
 * @param writing whether it must be possible to write there
 */
public record MountProbe(Table table, Path path, Optional<String> type, Writing writing)
    implements Probe {
  /** What is mounted. */
  @FunctionalInterface
  public interface Table {
    /** All mounts, the later ones over the earlier. */
    List<MountEntry> read() throws IOException;
  }

  /** Whether it must be possible to write. */
  public enum Writing {
    /** It must. */
    NEEDED,
    /** It may be read-only. */
    NOT_NEEDED
  }

  @Override
  public Finding look(Duration limit) throws InterruptedException {
    return Bounded.look(limit, "mount " + path, this::look);
  }

  private Finding look() {
    List<MountEntry> all;
    try {
      all = table.read();
    } catch (IOException e) {
      return Finding.bad("what is mounted can't be read: " + e.getMessage());
    }
    Optional<MountEntry> found =
        all.stream()
            .filter(m -> m.mountPoint().equals(path.toString()))
            .reduce((under, over) -> over);
    if (found.isEmpty()) {
      return Finding.bad("nothing is mounted at " + path);
    }
    String actual = found.get().fsType();
    if (type.filter(t -> !t.equals(actual)).isPresent()) {
      return Finding.bad("%s is %s, not %s".formatted(path, actual, type.get()));
    }
    if (writing == Writing.NEEDED && !Files.isWritable(path)) {
      return Finding.bad(path + " is read-only");
    }
    return Finding.good("%s is mounted (%s)".formatted(path, actual));
  }
}

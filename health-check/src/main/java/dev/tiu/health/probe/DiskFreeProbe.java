package dev.tiu.health.probe;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Whether a file system has room.
 *
 * @param bytes that must be free, and
 * @param percent that must be
 */
public record DiskFreeProbe(Path path, long bytes, int percent) implements Probe {
  @Override
  public Finding look(Duration limit) throws InterruptedException {
    return Bounded.look(limit, "disk " + path, this::look);
  }

  private Finding look() {
    try {
      FileStore store = Files.getFileStore(path);
      long free = store.getUsableSpace();
      long total = Math.max(1, store.getTotalSpace());
      long share = (long) (100.0 * free / total);
      String detail = "%s has %d MB free, %d %%".formatted(path, free / 1_000_000, share);
      return Finding.of(free >= bytes && share >= percent, detail);
    } catch (IOException e) {
      return Finding.bad("%s can't be looked at: %s".formatted(path, e));
    }
  }
}

package dev.tiu.etcmerge;

import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Directory handles that are closed together. */
final class Handles implements AutoCloseable {
  private final List<Dir> opened = new ArrayList<>();

  /** The directory that an entry is, if there is one. */
  Optional<Dir> open(Optional<EtcEntry> entry) throws IOException {
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    Dir dir = entry.get().open();
    opened.add(dir);
    return Optional.of(dir);
  }

  @Override
  public void close() {
    opened.forEach(Dir::close);
  }
}

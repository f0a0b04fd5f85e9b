package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import java.io.IOException;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * One directory in the three trees.
 *
 * @param path below /etc
 * @param result the device's, until it is changed
 */
record Level(BytePath path, Optional<Dir> base, Optional<Dir> image, Dir result) {
  /** All names that an image has there. What only the device has is nobody else's business. */
  NavigableSet<BytePath> names() throws IOException {
    NavigableSet<BytePath> names = new TreeSet<>();
    for (Optional<Dir> dir : List.of(base, image)) {
      if (dir.isPresent()) {
        dir.get().list().stream().map(DirEntry::name).forEach(names::add);
      }
    }
    return names;
  }

  Versions versions(BytePath name) throws IOException {
    return new Versions(
        this,
        name,
        EtcEntry.find(base, name),
        EtcEntry.find(result, name),
        EtcEntry.find(image, name));
  }
}

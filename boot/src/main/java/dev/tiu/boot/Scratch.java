package dev.tiu.boot;

import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileType;
import dev.tiu.linux.Room;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A subvolume beside a snapshot for what a program in that snapshot's room writes. It is gone when
 * this is closed, and mostly before btrfs has written it.
 */
public final class Scratch implements AutoCloseable {
  private static final List<BytePath> PLACES = List.of(BytePath.of("var/tmp"), BytePath.of("tmp"));

  private final Dir root;
  private final Dir kept;
  private final BytePath name;
  private final BytePath place;
  private final Dir dir;

  private Scratch(Dir root, Dir kept, BytePath name, BytePath place, Dir dir) {
    this.root = root;
    this.kept = kept;
    this.name = name;
    this.place = place;
    this.dir = dir;
  }

  /**
   * Makes one; one of that name that a killed run left goes first.
   *
   * @param root the snapshot's
   * @param kept {@code N/tiu}
   * @return empty if the snapshot has neither {@code /var/tmp} nor {@code /tmp}
   */
  public static Optional<Scratch> make(Dir root, Dir kept, BytePath name) throws IOException {
    Optional<BytePath> place = place(root);
    if (place.isEmpty()) {
      return Optional.empty();
    }
    boolean unused = kept.removeIfThere(name);
    Btrfs.createSubvolume(kept, name);
    try {
      // The directory in a root that only root may look into: as /var/tmp is in the room.
      kept.setMode(name, 01777);
      return Optional.of(new Scratch(root, kept, name, place.get(), kept.openDir(name)));
    } catch (IOException e) {
      Btrfs.deleteSubvolume(kept, name);
      throw e;
    }
  }

  private static Optional<BytePath> place(Dir root) throws IOException {
    for (BytePath place : PLACES) {
      if (root.find(place).filter(status -> status.type() == FileType.DIRECTORY).isPresent()) {
        return Optional.of(place);
      }
    }
    return Optional.empty();
  }

  /** Its content, from outside. */
  public Dir dir() {
    return dir;
  }

  /** Where programs see it, below the root. */
  public BytePath place() {
    return place;
  }

  /** The snapshot's room, with it. */
  public Room room() {
    return Room.of(root).lending(dir, place);
  }

  @Override
  public void close() throws IOException {
    dir.close();
    Btrfs.deleteSubvolume(kept, name);
  }
}

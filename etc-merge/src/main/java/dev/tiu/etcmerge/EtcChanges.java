package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What a device has changed in its /etc against what its image ships there. */
public final class EtcChanges {
  private final TreeComparison comparison = new TreeComparison();
  private final List<Change> changes = new ArrayList<>();

  private EtcChanges() {}

  /** How a path differs from the image's. */
  public enum Kind {
    /** The image has nothing there; a directory stands for all in it. */
    ADDED,
    /** The device has nothing there any more. */
    REMOVED,
    /** Its content is another one; maybe owner, mode or xattrs, too. */
    CHANGED,
    /** Only owner, mode or xattrs are. */
    METADATA,
    /** It is of another type. */
    REPLACED;
  }

  /**
   * One difference.
   *
   * @param path below /etc
   */
  public record Change(BytePath path, Kind kind) {}

  /**
   * Compares them, by content; times don't count. In the order of the paths.
   *
   * @param shipped /etc as the image ships it
   * @param live /etc as it is
   */
  public static List<Change> between(Dir shipped, Dir live) throws IOException {
    EtcChanges found = new EtcChanges();
    found.compare(BytePath.ROOT, EtcEntry.of(shipped), EtcEntry.of(live));
    return List.copyOf(found.changes);
  }

  private void compare(BytePath path, EtcEntry shipped, EtcEntry live) throws IOException {
    if (!live.isOfSameType(shipped)) {
      add(path, Kind.REPLACED);
      return;
    }
    if (!comparison.sameContent(shipped, live)) {
      add(path, Kind.CHANGED);
    } else if (!shipped.metadata().withoutLabel().equals(live.metadata().withoutLabel())) {
      add(path, Kind.METADATA);
    }
    if (live.isDirectory()) {
      try (Dir before = shipped.open();
          Dir now = live.open()) {
        compareNames(path, before, now);
      }
    }
  }

  private void compareNames(BytePath path, Dir shipped, Dir live) throws IOException {
    TreeSet<BytePath> names = new TreeSet<>();
    shipped.list().stream().map(DirEntry::name).forEach(names::add);
    live.list().stream().map(DirEntry::name).forEach(names::add);
    for (BytePath name : names) {
      BytePath child = path.resolve(name);
      Optional<EtcEntry> before = EtcEntry.find(shipped, name);
      Optional<EtcEntry> now = EtcEntry.find(live, name);
      if (before.isPresent() && now.isPresent()) {
        compare(child, before.get(), now.get());
      } else if (before.isPresent() || now.isPresent()) {
        add(child, now.isPresent() ? Kind.ADDED : Kind.REMOVED);
      }
    }
  }

  private void add(BytePath path, Kind kind) {
    changes.add(new Change(path, kind));
  }
}

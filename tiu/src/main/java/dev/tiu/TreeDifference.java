package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.ContentTable;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;

/** What differs between the trees of two images, path by path. */
final class TreeDifference {
  /** What of a path can differ. */
  enum Aspect {
    TYPE,
    CONTENT,
    TARGET,
    DEVICE,
    MODE,
    OWNER,
    TIME,
    XATTRS;

    /** Whether it is more than metadata. */
    boolean isContent() {
      return compareTo(MODE) < 0;
    }
  }

  /** A path that both images have, and that isn't the same in both. */
  record Changed(BytePath path, Inode old, Inode now, Set<Aspect> aspects) {
    boolean inContent() {
      return aspects.stream().anyMatch(Aspect::isContent);
    }
  }

  /** A path that one image alone has. */
  record Single(BytePath path, Inode inode) {}

  private final List<Single> added = new ArrayList<>();
  private final List<Single> removed = new ArrayList<>();
  private final List<Changed> changed = new ArrayList<>();

  private final Bundle old;
  private final Bundle now;
  private final ContentTable oldDigests;
  private final ContentTable digests;

  private TreeDifference(Bundle old, Bundle now) throws IOException {
    this.old = old;
    this.now = now;
    this.oldDigests = old.contentTable();
    this.digests = now.contentTable();
  }

  static TreeDifference between(Bundle old, Bundle now) throws IOException {
    TreeDifference difference = new TreeDifference(old, now);
    difference.compare();
    return difference;
  }

  List<Single> added() {
    return added;
  }

  List<Single> removed() {
    return removed;
  }

  List<Changed> changed() {
    return changed;
  }

  private void compare() throws IOException {
    NavigableMap<BytePath, Inode> before = old.tree().entries();
    NavigableMap<BytePath, Inode> after = now.tree().entries();
    for (Map.Entry<BytePath, Inode> entry : before.entrySet()) {
      Inode other = after.get(entry.getKey());
      if (other == null) {
        removed.add(new Single(entry.getKey(), entry.getValue()));
        continue;
      }
      Set<Aspect> aspects = aspects(entry.getValue(), other);
      if (!aspects.isEmpty()) {
        changed.add(new Changed(entry.getKey(), entry.getValue(), other, aspects));
      }
    }
    after.forEach(
        (path, inode) -> {
          if (!before.containsKey(path)) {
            added.add(new Single(path, inode));
          }
        });
  }

  private Set<Aspect> aspects(Inode a, Inode b) throws IOException {
    Set<Aspect> aspects = EnumSet.noneOf(Aspect.class);
    if (a.type() != b.type()) {
      aspects.add(Aspect.TYPE);
    } else if (a instanceof Inode.RegularFile x && b instanceof Inode.RegularFile y) {
      add(aspects, Aspect.CONTENT, !sameContent(x, y));
    } else if (a instanceof Inode.Symlink x && b instanceof Inode.Symlink y) {
      add(aspects, Aspect.TARGET, !Arrays.equals(x.target(), y.target()));
    } else if (a instanceof Inode.Device x && b instanceof Inode.Device y) {
      add(aspects, Aspect.DEVICE, x.major() != y.major() || x.minor() != y.minor());
    }
    add(aspects, Aspect.MODE, a.mode() != b.mode());
    add(aspects, Aspect.OWNER, a.uid() != b.uid() || a.gid() != b.gid());
    add(aspects, Aspect.TIME, a.mtimeSeconds() != b.mtimeSeconds());
    add(aspects, Aspect.XATTRS, !a.sameXattrs(b));
    return aspects;
  }

  private boolean sameContent(Inode.RegularFile a, Inode.RegularFile b) {
    return a.size() == b.size() && digests.matches(b.number(), oldDigests.digest(a.number()));
  }

  private static void add(Set<Aspect> aspects, Aspect aspect, boolean differs) {
    if (differs) {
      aspects.add(aspect);
    }
  }
}

package dev.tiu.snapshot;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileStatus;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Handles on the directories last used below a tree, for one thread: neighbours in a plan mostly
 * share theirs, and resolving a path anew for each call would cost more than the call.
 */
final class Parents implements AutoCloseable {
  private static final int MOST = 64;

  private final Dir tree;
  private final Parent root;
  private final LinkedHashMap<BytePath, Parent> open = new LinkedHashMap<>(MOST * 2, 0.75f, true);

  /** A directory, and what a file made in it is like before anything is set. */
  static final class Parent {
    private final Dir dir;
    private Optional<Birth> birth = Optional.empty();

    private Parent(Dir dir) {
      this.dir = dir;
    }

    Dir dir() {
      return dir;
    }

    /** Looks at the first file that is made here; the others turn out like it. */
    Birth birth(FileHandle made) throws IOException {
      if (birth.isEmpty()) {
        birth = Optional.of(Birth.of(made));
      }
      return birth.get();
    }
  }

  /**
   * What a new file has from its directory: its group where that is setgid, xattrs from a default
   * ACL or a security module.
   */
  record Birth(int uid, int gid, boolean bare) {
    /** Of a file that somebody else made: anything may be there. */
    static final Birth UNKNOWN = new Birth(-1, -1, false);

    private static Birth of(FileHandle made) throws IOException {
      FileStatus status = made.status();
      return new Birth(status.uid(), status.gid(), made.xattrs().isEmpty());
    }
  }

  Parents(Dir tree) {
    this.tree = tree;
    this.root = new Parent(tree);
  }

  /** The handle of the directory that {@code path} lies in; valid until the next call. */
  Dir of(BytePath path) throws IOException {
    return parent(path).dir();
  }

  /** The directory that {@code path} lies in; valid until the next call. */
  Parent parent(BytePath path) throws IOException {
    return directory(path.parent());
  }

  private Parent directory(BytePath path) throws IOException {
    if (path.isRoot()) {
      return root;
    }
    Parent known = open.get(path);
    if (known != null) {
      return known;
    }
    if (open.size() >= MOST) {
      Iterator<Map.Entry<BytePath, Parent>> eldest = open.entrySet().iterator();
      eldest.next().getValue().dir.close();
      eldest.remove();
    }
    Parent parent = new Parent(tree.openDir(path));
    open.put(path, parent);
    return parent;
  }

  @Override
  public void close() {
    open.values().forEach(parent -> parent.dir.close());
    open.clear();
  }
}

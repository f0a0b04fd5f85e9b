package dev.tiu.snapshot;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Handles on the directories last used below a tree, for one thread: neighbours in a plan mostly
 * share theirs, and resolving a path anew for each call would cost more than the call.
 */
final class Parents implements AutoCloseable {
  private static final int MOST = 64;

  private final Dir tree;
  private final LinkedHashMap<BytePath, Dir> open = new LinkedHashMap<>(MOST * 2, 0.75f, true);

  Parents(Dir tree) {
    this.tree = tree;
  }

  /** The handle of the directory that {@code path} lies in; valid until the next call. */
  Dir of(BytePath path) throws IOException {
    return directory(path.parent());
  }

  private Dir directory(BytePath path) throws IOException {
    if (path.isRoot()) {
      return tree;
    }
    Dir known = open.get(path);
    if (known != null) {
      return known;
    }
    if (open.size() >= MOST) {
      Iterator<Map.Entry<BytePath, Dir>> eldest = open.entrySet().iterator();
      eldest.next().getValue().close();
      eldest.remove();
    }
    Dir dir = tree.openDir(path);
    open.put(path, dir);
    return dir;
  }

  @Override
  public void close() {
    open.values().forEach(Dir::close);
    open.clear();
  }
}

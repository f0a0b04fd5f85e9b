package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Copies of what a tool is going to change, to go back to should it fail. */
final class KeptOutputs implements AutoCloseable {
  private static final BytePath PLACE = BytePath.of(".etc-before");

  /** A directory in which a tool may leave files, as it was before. */
  private record Before(FileStatus status, Set<BytePath> names) {}

  private final Dir etc;
  private final Dir scratch;
  private final Map<BytePath, BytePath> copies = new LinkedHashMap<>();
  private final List<BytePath> absent = new ArrayList<>();
  private final Map<BytePath, Before> parents = new LinkedHashMap<>();

  private KeptOutputs(Dir etc, Dir scratch) {
    this.etc = etc;
    this.scratch = scratch;
  }

  static KeptOutputs of(Dir etc, List<BytePath> outputs, Dir scratch) throws IOException {
    scratch.removeIfThere(PLACE); // Of a run that was killed.
    scratch.makeDir(PLACE, 0700);
    KeptOutputs kept = new KeptOutputs(etc, scratch);
    boolean done = false;
    try {
      for (BytePath output : outputs) {
        kept.keep(output);
      }
      done = true;
      return kept;
    } finally {
      if (!done) {
        kept.close();
      }
    }
  }

  private void keep(BytePath output) throws IOException {
    if (!Generator.isThere(etc, output.parent())) {
      return;
    }
    try (Dir parent = etc.openDir(output.parent())) {
      if (parent.find(output.name()).isPresent()) {
        BytePath copy = PLACE.resolve(Integer.toString(copies.size()));
        new TreeCopy(scratch).copy(parent, output.name(), copy);
        copies.put(output, copy);
      } else {
        absent.add(output);
      }
      if (!parents.containsKey(output.parent())) {
        parents.put(output.parent(), new Before(parent.status(BytePath.ROOT), names(parent)));
      }
    }
  }

  private static Set<BytePath> names(Dir dir) throws IOException {
    return new HashSet<>(dir.list().stream().map(DirEntry::name).toList());
  }

  /** Puts everything back, and removes what has appeared beside it. */
  void restore() throws IOException {
    for (BytePath output : absent) {
      etc.removeIfThere(output);
    }
    for (Map.Entry<BytePath, BytePath> entry : copies.entrySet()) {
      etc.removeIfThere(entry.getKey());
      try (Dir place = scratch.openDir(PLACE);
          Dir parent = etc.openDir(entry.getKey().parent())) {
        TreeCopy.copy(place, entry.getValue().name(), parent, entry.getKey().name());
      }
    }
    for (Map.Entry<BytePath, Before> entry : parents.entrySet()) {
      try (Dir parent = etc.openDir(entry.getKey())) {
        Before before = entry.getValue();
        for (BytePath name : names(parent)) {
          if (!before.names().contains(name)) {
            parent.removeTree(name);
          }
        }
        FileStatus status = before.status();
        parent.setModificationTime(BytePath.ROOT, status.mtimeSeconds(), status.mtimeNanos());
      }
    }
  }

  @Override
  public void close() throws IOException {
    scratch.removeIfThere(PLACE);
  }
}

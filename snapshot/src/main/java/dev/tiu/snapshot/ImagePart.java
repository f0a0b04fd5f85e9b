package dev.tiu.snapshot;

import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Which of an image's files go into one subvolume. */
public enum ImagePart {
  /** All of it, for a plain extraction. */
  WHOLE {
    @Override
    NavigableMap<BytePath, Inode> select(NavigableMap<BytePath, Inode> entries) {
      return entries;
    }
  },

  /** All but {@code etc} and what is in it. */
  ROOT {
    @Override
    NavigableMap<BytePath, Inode> select(NavigableMap<BytePath, Inode> entries) {
      // A copy of what is sorted, less a little, takes no comparison for each path.
      TreeMap<BytePath, Inode> selected = new TreeMap<>(entries);
      selected
          .subMap(Layout.ETC, true, AFTER_ETC, false)
          .keySet()
          .removeIf(path -> path.startsWith(Layout.ETC));
      return selected;
    }
  },

  /** {@code etc}, with itself as the root. */
  ETC {
    @Override
    NavigableMap<BytePath, Inode> select(NavigableMap<BytePath, Inode> entries) {
      TreeMap<BytePath, Inode> selected = new TreeMap<>();
      for (Map.Entry<BytePath, Inode> entry : entries.tailMap(Layout.ETC, true).entrySet()) {
        if (entry.getKey().startsWith(Layout.ETC)) {
          selected.put(entry.getKey().relativeTo(Layout.ETC), entry.getValue());
        } else if (entry.getKey().compareTo(AFTER_ETC) > 0) {
          break;
        }
      }
      return selected;
    }
  };

  /** Sorts behind everything below {@code etc/}: the byte after the slash. */
  private static final BytePath AFTER_ETC = BytePath.of("etc0");

  /** The part's entries by path, parents first; its root directory is {@link BytePath#ROOT}. */
  abstract NavigableMap<BytePath, Inode> select(NavigableMap<BytePath, Inode> entries);
}

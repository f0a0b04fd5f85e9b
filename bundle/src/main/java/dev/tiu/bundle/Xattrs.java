package dev.tiu.bundle;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Which of an inode's xattrs an image stores, and under which names. */
final class Xattrs {
  private static final String RESERVED = "trusted.tiu.";

  private Xattrs() {}

  /**
   * The xattrs as squashfs can store them.
   *
   * @param leftOut told the name of one that belongs to the build machine's file system
   * @throws IllegalArgumentException for one that can't be stored and mustn't be lost
   */
  static SortedMap<String, Bytes> stored(
      SortedMap<String, Bytes> xattrs, Consumer<String> leftOut) {
    SortedMap<String, Bytes> stored = new TreeMap<>();
    xattrs.forEach(
        (name, value) -> {
          Optional<String> storedName = storedName(name);
          if (storedName.isPresent()) {
            stored.put(storedName.get(), value);
          } else {
            leftOut.accept(name);
          }
        });
    return stored;
  }

  private static Optional<String> storedName(String name) {
    if (name.startsWith(RESERVED)) {
      throw new IllegalArgumentException("the xattr " + name + " has a name that tiu itself uses");
    }
    if (name.startsWith(Acl.SYSTEM_PREFIX)) {
      return Optional.of(Acl.STORED_PREFIX + name.substring(Acl.SYSTEM_PREFIX.length()));
    }
    if (name.indexOf('=') >= 0) {
      throw new IllegalArgumentException("mksquashfs can't store the xattr " + name);
    }
    if (name.startsWith("user.") || name.startsWith("trusted.") || name.startsWith("security.")) {
      return Optional.of(name);
    }
    if (name.startsWith("btrfs.")) {
      return Optional.empty();
    }
    throw new IllegalArgumentException("squashfs can't store the xattr " + name);
  }
}

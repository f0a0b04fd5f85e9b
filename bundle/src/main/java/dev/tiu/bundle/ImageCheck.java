package dev.tiu.bundle;

import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.bundle.squashfs.Tree;
import dev.tiu.linux.BytePath;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Holds a finished image against what was fed to mksquashfs. */
final class ImageCheck {
  private final String source;
  private final Map<BytePath, TarFeed.Packed> fed;
  private final Tree tree;
  private final ContentTable table;

  ImageCheck(String source, Map<BytePath, TarFeed.Packed> fed, Tree tree, ContentTable table) {
    this.source = source;
    this.fed = fed;
    this.tree = tree;
    this.table = table;
  }

  /** Throws for the first path at which the image isn't what was fed. */
  void check() throws TreeException {
    Map<Integer, BytePath> names = new HashMap<>();
    for (Map.Entry<BytePath, Inode> entry : tree.entries().entrySet()) {
      check(entry.getKey(), entry.getValue(), names);
    }
    Set<BytePath> missing = new HashSet<>(fed.keySet());
    missing.removeAll(tree.entries().keySet());
    if (!missing.isEmpty()) {
      throw new TreeException(
          source, missing.iterator().next().toString(), "mksquashfs has left it out");
    }
  }

  private void check(BytePath path, Inode found, Map<Integer, BytePath> names)
      throws TreeException {
    TarFeed.Packed packed = fed.get(path);
    if (packed == null) {
      throw new TreeException(source, path.toString(), "mksquashfs has added it");
    }
    TarFeed.Packed first = packed.entry().hardLink().map(this::firstName).orElse(packed);
    BytePath firstPath = names.computeIfAbsent(found.number(), number -> first.entry().path());
    if (!firstPath.equals(first.entry().path())) {
      throw different(path, "inode", first.entry().path(), firstPath);
    }
    checkAttributes(first.entry(), found);
    if (found instanceof Inode.RegularFile file) {
      equal(path, "size", first.entry().size(), file.size());
      if (!table.matches(file.number(), first.digest().toArray())) {
        throw new TreeException(source, path.toString(), "its content isn't in the image");
      }
    }
  }

  private TarFeed.Packed firstName(BytePath link) {
    TarFeed.Packed packed = fed.get(link);
    if (packed == null) {
      throw new IllegalStateException(link + " was linked to without having been fed");
    }
    return packed.entry().hardLink().map(this::firstName).orElse(packed);
  }

  private void checkAttributes(TreeEntry expected, Inode found) throws TreeException {
    BytePath path = expected.path();
    equal(path, "type", expected.type(), found.type());
    equal(path, "mode", octal(expected.mode()), octal(found.mode()));
    equal(path, "owner", expected.uid(), found.uid());
    equal(path, "group", expected.gid(), found.gid());
    equal(path, "time", expected.mtime(), found.mtimeSeconds());
    SortedMap<String, Bytes> xattrs = new TreeMap<>();
    found.xattrs().forEach((name, value) -> xattrs.put(name, Bytes.of(value)));
    equal(path, "xattrs", expected.xattrs(), xattrs);
    if (found instanceof Inode.Symlink link) {
      equal(path, "target", expected.target(), Bytes.of(link.target()));
    }
    if (found instanceof Inode.Device device) {
      equal(path, "device's major number", expected.major(), device.major());
      equal(path, "device's minor number", expected.minor(), device.minor());
    }
  }

  private static String octal(int mode) {
    return Integer.toOctalString(mode);
  }

  private void equal(BytePath path, String what, Object expected, Object found)
      throws TreeException {
    if (!expected.equals(found)) {
      throw different(path, what, expected, found);
    }
  }

  private TreeException different(BytePath path, String what, Object expected, Object found) {
    return new TreeException(
        source,
        path.toString(),
        "mksquashfs didn't keep its " + what + ": " + expected + " became " + found);
  }
}

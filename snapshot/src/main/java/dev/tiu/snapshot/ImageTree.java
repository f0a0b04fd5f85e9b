package dev.tiu.snapshot;

import dev.tiu.bundle.Acl;
import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.ContentTable;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.IdMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What an image says of one of its parts: each path's inode, and each file's digest. */
public final class ImageTree {
  private final NavigableMap<BytePath, Inode> entries;
  private final ContentTable digests;
  private final List<BytePath> imageOwned;
  private final Map<Integer, List<BytePath>> names = new HashMap<>();

  private ImageTree(NavigableMap<BytePath, Inode> entries, Bundle image) throws IOException {
    this.entries = entries;
    this.digests = image.contentTable();
    this.imageOwned = image.manifest().imageOwned();
    entries.forEach(
        (path, inode) -> {
          if (inode.linkCount() > 1 && !(inode instanceof Inode.Directory)) {
            names.computeIfAbsent(inode.number(), n -> new ArrayList<>()).add(path);
          }
        });
  }

  /** A part of an image. */
  public static ImageTree of(Bundle image, ImagePart part) throws IOException {
    return of(image, part, IdMap.NONE);
  }

  /** A part of an image as it is on a device where some of the image's users have other numbers. */
  static ImageTree of(Bundle image, ImagePart part, IdMap ids) throws IOException {
    NavigableMap<BytePath, Inode> entries = part.select(image.tree().entries());
    return new ImageTree(ids.isNone() ? entries : mapped(entries, ids), image);
  }

  private static NavigableMap<BytePath, Inode> mapped(
      NavigableMap<BytePath, Inode> entries, IdMap ids) {
    NavigableMap<BytePath, Inode> mapped = new TreeMap<>(entries);
    mapped.replaceAll((path, inode) -> mapped(inode, ids));
    return mapped;
  }

  private static Inode mapped(Inode inode, IdMap ids) {
    int uid = ids.uid(inode.uid());
    int gid = ids.gid(inode.gid());
    SortedMap<String, byte[]> xattrs = Acl.mapped(inode.xattrs(), ids::uid, ids::gid);
    boolean same = uid == inode.uid() && gid == inode.gid() && xattrs == inode.xattrs();
    return same ? inode : inode.withOwner(uid, gid, xattrs);
  }

  /** Nothing at all, for what is made from scratch. */
  static ImageTree empty(Bundle image) throws IOException {
    return new ImageTree(new TreeMap<>(), image);
  }

  NavigableMap<BytePath, Inode> entries() {
    return entries;
  }

  /** Where the image has links in /var to what it owns. */
  List<BytePath> imageOwned() {
    return imageOwned;
  }

  Optional<Inode> find(BytePath path) {
    return Optional.ofNullable(entries.get(path));
  }

  /** All names in this part of the inode that {@code path} leads to, in order. */
  List<BytePath> namesOf(BytePath path, Inode inode) {
    return names.getOrDefault(inode.number(), List.of(path));
  }

  /** The xattrs that the inode has on a device. */
  static SortedMap<String, byte[]> xattrs(Inode inode) {
    return inode.xattrs().isEmpty() ? Collections.emptySortedMap() : Acl.restored(inode.xattrs());
  }

  byte[] digest(Inode.RegularFile file) {
    return digests.digest(file.number());
  }

  /** Whether the other image's file has the same content. */
  boolean sameContent(Inode.RegularFile ours, ImageTree other, Inode.RegularFile theirs) {
    return ours.size() == theirs.size() && Arrays.equals(digest(ours), other.digest(theirs));
  }
}

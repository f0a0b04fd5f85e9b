package dev.tiu.snapshot;

import dev.tiu.bundle.Acl;
import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * Numbers of all users and groups that own something in an image, or are named in an ACL there, as
 * the image has them.
 */
public record OwnerNumbers(Set<Integer> users, Set<Integer> groups) {
  public OwnerNumbers {
    users = Set.copyOf(users);
    groups = Set.copyOf(groups);
  }

  /** Looks at every inode of a bundle, whose description is read for it. */
  public static OwnerNumbers of(Bundle image) throws IOException {
    Set<Integer> users = new HashSet<>();
    Set<Integer> groups = new HashSet<>();
    for (Map.Entry<BytePath, Inode> entry : image.tree().entries().entrySet()) {
      Inode inode = entry.getValue();
      users.add(inode.uid());
      groups.add(inode.gid());
      if (!inode.xattrs().isEmpty()) {
        SortedMap<String, byte[]> unused =
            Acl.mapped(inode.xattrs(), id -> seen(users, id), id -> seen(groups, id));
      }
    }
    return new OwnerNumbers(users, groups);
  }

  private static int seen(Set<Integer> numbers, int id) {
    numbers.add(id);
    return id;
  }
}

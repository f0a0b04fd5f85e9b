package dev.tiu.etcmerge;

import dev.tiu.linux.FileMetadata;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Merges owner, mode and each extended attribute on its own: what only the image changed is taken.
 * Where both changed the mode, what either forbids is forbidden.
 *
 * <p>Two things go together. An access ACL and the mode are one, since they share bits. And a
 * set-id bit is only ever given together with the owner that it was meant for. A label of SELinux
 * is never merged: it is what the new system's policy says, which the image's own label shows.
 */
final class MetadataMerge {
  private static final String ACCESS_ACL = "system.posix_acl_access";
  private static final int SET_ID = 06000;
  private static final int STICKY = 01000;

  private record Owner(int uid, int gid) {
    private static Owner of(FileMetadata metadata) {
      return new Owner(metadata.uid(), metadata.gid());
    }
  }

  private record Access(int mode, Optional<ByteBuffer> acl) {
    private static Access of(FileMetadata metadata) {
      // The mode of a link says nothing.
      int mode = metadata.type() == FileType.SYMLINK ? 0 : metadata.mode();
      return new Access(mode, xattr(metadata, ACCESS_ACL));
    }

    private Access stricterOf(Access other) {
      int sticky = (mode | other.mode) & STICKY;
      return new Access((mode & other.mode & ~STICKY) | sticky, Optional.empty());
    }
  }

  private final FileMetadata local;
  private FileMetadata merged;
  private boolean conflict;
  private boolean stricter;

  private MetadataMerge(FileMetadata local) {
    this.local = local;
    this.merged = local;
  }

  /** Of a name that device and image have. */
  static MetadataMerge of(Versions versions) throws IOException {
    Optional<FileMetadata> base = Optional.empty();
    if (versions.base().isPresent()) {
      base = Optional.of(versions.base().get().metadata());
    }
    FileMetadata local = versions.local().orElseThrow().metadata();
    return of(base, local, versions.image().orElseThrow().metadata());
  }

  /** All three are of the same type; without a base, nobody can say who changed what. */
  static MetadataMerge of(Optional<FileMetadata> base, FileMetadata local, FileMetadata image) {
    MetadataMerge merge = new MetadataMerge(local);
    if (base.isPresent()) {
      merge.merge(base.get(), image);
    } else {
      merge.conflict = !local.withoutLabel().equals(image.withoutLabel());
    }
    return merge;
  }

  private void merge(FileMetadata base, FileMetadata image) {
    Owner owner = pick(Owner.of(base), Owner.of(local), Owner.of(image));
    Access access = access(Access.of(base), Access.of(local), Access.of(image));
    if (givesSetIdToAnother(owner, access, image)) {
      owner = Owner.of(local);
      access = Access.of(local);
      conflict = true;
    }
    SortedMap<String, byte[]> xattrs = new TreeMap<>(local.xattrs());
    Set<String> names = new TreeSet<>(base.xattrs().keySet());
    names.addAll(image.xattrs().keySet());
    names.remove(ACCESS_ACL);
    names.remove(FileMetadata.LABEL);
    for (String name : names) {
      put(xattrs, name, pick(xattr(base, name), xattr(local, name), xattr(image, name)));
    }
    put(xattrs, ACCESS_ACL, access.acl());
    byte[] label = image.xattrs().get(FileMetadata.LABEL);
    if (label != null) {
      xattrs.put(FileMetadata.LABEL, label);
    }
    merged = new FileMetadata(local.type(), access.mode(), owner.uid(), owner.gid(), xattrs);
  }

  private boolean givesSetIdToAnother(Owner owner, Access access, FileMetadata image) {
    return local.type() != FileType.DIRECTORY
        && !hadSetId(local, owner, access)
        && !hadSetId(image, owner, access);
  }

  /** Whether it had these set-id bits together with that owner. */
  private static boolean hadSetId(FileMetadata metadata, Owner owner, Access access) {
    int setId = access.mode() & SET_ID;
    return setId == 0 || (owner.equals(Owner.of(metadata)) && (setId & ~metadata.mode()) == 0);
  }

  private Access access(Access base, Access mine, Access theirs) {
    boolean bothChanged = !base.equals(mine) && !base.equals(theirs) && !mine.equals(theirs);
    if (bothChanged && mine.acl().isEmpty() && theirs.acl().isEmpty()) {
      stricter = true;
      return mine.stricterOf(theirs);
    }
    return pick(base, mine, theirs);
  }

  private <T> T pick(T base, T mine, T theirs) {
    if (base.equals(theirs) || mine.equals(theirs)) {
      return mine;
    }
    if (base.equals(mine)) {
      return theirs;
    }
    conflict = true;
    return mine;
  }

  private static Optional<ByteBuffer> xattr(FileMetadata metadata, String name) {
    return Optional.ofNullable(metadata.xattrs().get(name)).map(ByteBuffer::wrap);
  }

  private static void put(
      SortedMap<String, byte[]> xattrs, String name, Optional<ByteBuffer> value) {
    if (value.isPresent()) {
      xattrs.put(name, value.get().array());
    } else {
      xattrs.remove(name);
    }
  }

  FileMetadata merged() {
    return merged;
  }

  /** Whether the image's changes arrive, some at least. */
  boolean changesLocal() {
    return !merged.equals(local);
  }

  /** Whether both changed the mode, so that the stricter one is set. */
  boolean isStricter() {
    return stricter;
  }

  /** Whether both changed the same, so that the local one stays. */
  boolean isConflict() {
    return conflict;
  }
}

package dev.tiu.bundle.squashfs;

import dev.tiu.linux.FileType;
import java.util.Arrays;
import java.util.Iterator;
import java.util.SortedMap;

/**
 * One file of an image, of whatever type; two paths with the same object are hard links.
 *
 * <p>Fields and layout: {@code fs/squashfs/squashfs_fs.h} in the Linux kernel.
 */
public abstract sealed class Inode {
  private final Attributes attributes;

  private Inode(Attributes attributes) {
    this.attributes = attributes;
  }

  /**
   * What every inode has.
   *
   * @param reference where the inode lies: its metadata block's position after the start of the
   *     inode table, times 65536, plus its position in that block's unpacked content
   */
  record Attributes(
      int number,
      long reference,
      int mode,
      int uid,
      int gid,
      long mtimeSeconds,
      int linkCount,
      SortedMap<String, byte[]> xattrs) {}

  /** The number that the image gives it, from 1 to {@link Superblock#inodes()}. */
  public int number() {
    return attributes.number;
  }

  /** What it is. */
  public abstract FileType type();

  /** The permission bits, {@code 07777} at most. */
  public int mode() {
    return attributes.mode;
  }

  /** The owner, as the kernel's unsigned 32 bits. */
  public int uid() {
    return attributes.uid;
  }

  /** The group, as the kernel's unsigned 32 bits. */
  public int gid() {
    return attributes.gid;
  }

  /** Last modification in seconds since 1970; squashfs keeps unsigned 32 bits and no fraction. */
  public long mtimeSeconds() {
    return attributes.mtimeSeconds;
  }

  /** How many names it has, as the image says. */
  public int linkCount() {
    return attributes.linkCount;
  }

  /**
   * The extended attributes by their whole names ({@code security.capability}). The map can't be
   * changed and its values must not be: inodes with equal attributes share them.
   */
  public SortedMap<String, byte[]> xattrs() {
    return attributes.xattrs;
  }

  /** Whether the other inode, of this image or another, has the same extended attributes. */
  public boolean sameXattrs(Inode other) {
    SortedMap<String, byte[]> ours = xattrs();
    SortedMap<String, byte[]> theirs = other.xattrs();
    if (!ours.keySet().equals(theirs.keySet())) {
      return false;
    }
    Iterator<byte[]> values = theirs.values().iterator();
    return ours.values().stream().allMatch(value -> Arrays.equals(value, values.next()));
  }

  long reference() {
    return attributes.reference;
  }

  /** The same file with another owner, for a device on which the image's numbers are others. */
  public Inode withOwner(int uid, int gid, SortedMap<String, byte[]> xattrs) {
    return with(
        new Attributes(
            number(), reference(), mode(), uid, gid, mtimeSeconds(), linkCount(), xattrs));
  }

  abstract Inode with(Attributes other);

  @Override
  public String toString() {
    return "inode " + number() + " (" + type() + ")";
  }

  /** A directory; {@link Tree#list} has its entries. */
  public static final class Directory extends Inode {
    private final long listingBlock;
    private final int listingOffset;
    private final int listingSize;

    /** The listing starts at a metadata block and an offset in it, as in {@link #reference}. */
    Directory(Attributes attributes, long listingBlock, int listingOffset, int listingSize) {
      super(attributes);
      this.listingBlock = listingBlock;
      this.listingOffset = listingOffset;
      this.listingSize = listingSize;
    }

    @Override
    Inode with(Attributes other) {
      return new Directory(other, listingBlock, listingOffset, listingSize);
    }

    @Override
    public FileType type() {
      return FileType.DIRECTORY;
    }

    long listingBlock() {
      return listingBlock;
    }

    int listingOffset() {
      return listingOffset;
    }

    int listingSize() {
      return listingSize;
    }
  }

  /** A regular file; {@link SquashfsImage#blocks} says where its content lies. */
  public static final class RegularFile extends Inode {
    private final BlockList blocks;

    RegularFile(Attributes attributes, BlockList blocks) {
      super(attributes);
      this.blocks = blocks;
    }

    @Override
    Inode with(Attributes other) {
      return new RegularFile(other, blocks);
    }

    @Override
    public FileType type() {
      return FileType.REGULAR;
    }

    /** Length of the content in bytes, holes included. */
    public long size() {
      return blocks.fileSize();
    }

    /** How many blocks the content has, the tail end included; 0 for an empty file. */
    public int blockCount() {
      return blocks.count();
    }

    BlockList blocks() {
      return blocks;
    }
  }

  /** A symbolic link. */
  public static final class Symlink extends Inode {
    private final byte[] target;

    Symlink(Attributes attributes, byte[] target) {
      super(attributes);
      this.target = target;
    }

    @Override
    Inode with(Attributes other) {
      return new Symlink(other, target);
    }

    @Override
    public FileType type() {
      return FileType.SYMLINK;
    }

    /** The bytes that it points to, without a terminating NUL; the caller's own copy. */
    public byte[] target() {
      return target.clone();
    }
  }

  /** A block or character device. */
  public static final class Device extends Inode {
    private final FileType type;
    private final int rdev;

    Device(Attributes attributes, FileType type, int rdev) {
      super(attributes);
      this.type = type;
      this.rdev = rdev;
    }

    @Override
    Inode with(Attributes other) {
      return new Device(other, type, rdev);
    }

    @Override
    public FileType type() {
      return type;
    }

    /** The major number: 12 bits in the kernel's {@code new_encode_dev}. */
    public int major() {
      return (rdev >>> 8) & 0xfff;
    }

    /** The minor number: 20 bits, split around the major one. */
    public int minor() {
      return (rdev & 0xff) | ((rdev >>> 12) & 0xfff00);
    }
  }

  /** A fifo or a socket. */
  public static final class Ipc extends Inode {
    private final FileType type;

    Ipc(Attributes attributes, FileType type) {
      super(attributes);
      this.type = type;
    }

    @Override
    Inode with(Attributes other) {
      return new Ipc(other, type);
    }

    @Override
    public FileType type() {
      return type;
    }
  }
}

package dev.tiu.bundle.squashfs;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The listings of all directories.
 *
 * <p>A listing is a run of groups. A group's header ({@code struct squashfs_dir_header}) has 32
 * bits each of: the number of entries less 1 (at most 255), the block of the inode table that all
 * its inodes start in, and an inode number. An entry ({@code struct squashfs_dir_entry}) has 16
 * bits each of: the inode's offset in the block, what to add to the header's number (signed), the
 * type, the name's length less 1; then the name. Names are in the order of their bytes.
 */
final class DirectoryTable {
  private static final int HEADER_SIZE = 12;
  private static final int ENTRY_SIZE = 8;
  private static final int MAX_GROUP = 256;

  private final MetadataTable listings;
  private final MetadataTable inodes;

  DirectoryTable(Tables tables) {
    this.listings = tables.directories();
    this.inodes = tables.inodes();
  }

  /** How many bytes all listings can have together. */
  int length() {
    return listings.length();
  }

  /** The entries of a directory whose tree has been read. */
  List<Child> list(Inode.Directory directory, InodeTable known) throws SquashfsException {
    List<Child> children = new ArrayList<>();
    Cursor cursor = new Cursor(directory);
    while (cursor.next()) {
      children.add(new Child(cursor.name(), cursor.inode(known)));
    }
    return children;
  }

  Cursor cursor(Inode.Directory directory) throws SquashfsException {
    return new Cursor(directory);
  }

  /** Goes through one listing; its entry's fields are those of the last {@link #next}. */
  final class Cursor {
    private final Inode.Directory directory;
    private final byte[] bytes = listings.bytes();
    private final int end;
    private int at;
    private int groupLeft;
    private long groupNumber;
    private long groupBlock;
    private int groupPlace;
    private int groupSize;
    private int entryAt;
    private int nameAt;
    private int nameLength;

    private Cursor(Inode.Directory directory) throws SquashfsException {
      this.directory = directory;
      int size = directory.listingSize();
      // An empty directory has no listing, so where it would lie means nothing.
      this.at =
          size == 0 ? 0 : listings.place(directory.listingBlock(), directory.listingOffset(), this);
      listings.need(at, size, this);
      this.end = at + size;
    }

    /** Moves to the next entry, if there is one. */
    boolean next() throws SquashfsException {
      if (groupLeft == 0) {
        if (at == end) {
          return false;
        }
        startGroup();
      }
      need(ENTRY_SIZE);
      entryAt = at;
      int previousAt = nameAt;
      int previousLength = nameLength;
      nameLength = LittleEndian.u16(bytes, at + 6) + 1;
      nameAt = at + ENTRY_SIZE;
      need(ENTRY_SIZE + nameLength);
      checkName();
      if (previousLength > 0
          && Arrays.compareUnsigned(
                  bytes,
                  previousAt,
                  previousAt + previousLength,
                  bytes,
                  nameAt,
                  nameAt + nameLength)
              >= 0) {
        throw fault("name " + shownName() + " is not after the one before it");
      }
      at += ENTRY_SIZE + nameLength;
      groupLeft--;
      return true;
    }

    private void startGroup() throws SquashfsException {
      need(HEADER_SIZE);
      long count = LittleEndian.u32(bytes, at) + 1;
      if (count > MAX_GROUP) {
        throw fault("group of " + count + " entries, more than " + MAX_GROUP);
      }
      groupLeft = (int) count;
      groupBlock = LittleEndian.u32(bytes, at + 4);
      groupNumber = LittleEndian.u32(bytes, at + 8);
      int block = inodes.block(groupBlock, this);
      groupPlace = inodes.blockPlace(block);
      groupSize = inodes.blockPlace(block + 1) - groupPlace;
      at += HEADER_SIZE;
    }

    private void checkName() throws SquashfsException {
      if (nameLength > BytePath.NAME_MAX) {
        throw fault("name of " + nameLength + " bytes, more than " + BytePath.NAME_MAX);
      }
      boolean bad = bytes[nameAt] == '.' && (nameLength == 1 || isDotDot());
      for (int i = nameAt; i < nameAt + nameLength; i++) {
        bad |= bytes[i] == '/' || bytes[i] == 0;
      }
      if (bad) {
        throw fault("name " + shownName() + " can't be a file's");
      }
    }

    private boolean isDotDot() {
      return nameLength == 2 && bytes[nameAt + 1] == '.';
    }

    /** The entry's name. */
    BytePath name() {
      return BytePath.ofBytes(Arrays.copyOfRange(bytes, nameAt, nameAt + nameLength));
    }

    /** The entry's inode, which must have the number and type that the entry says. */
    Inode inode(InodeTable table) throws SquashfsException {
      long number = groupNumber + LittleEndian.s16(bytes, entryAt + 2);
      int offset = LittleEndian.u16(bytes, entryAt);
      if (offset >= groupSize) {
        throw fault(
            "%s has its inode at %d of a metadata block of %d bytes"
                .formatted(shownName(), offset, groupSize));
      }
      Inode inode = table.inode(number, (groupBlock << 16) | offset, groupPlace + offset);
      int type = LittleEndian.u16(bytes, entryAt + 4);
      FileType expected =
          InodeTable.type(type)
              .orElseThrow(() -> fault("unknown type " + type + " for " + shownName()));
      if (inode.type() != expected) {
        throw fault(
            "%s is a %s here, but inode %d is a %s"
                .formatted(shownName(), expected, number, inode.type()));
      }
      return inode;
    }

    private void need(int count) throws SquashfsException {
      if (count > end - at) {
        throw fault("ends within an entry");
      }
    }

    private String shownName() {
      return BytePath.display(Arrays.copyOfRange(bytes, nameAt, nameAt + nameLength));
    }

    /** A failure at the entry. */
    SquashfsException fault(String problem) {
      return listings.fault(at, this, problem);
    }

    @Override
    public String toString() {
      return "listing of inode " + directory.number();
    }
  }
}

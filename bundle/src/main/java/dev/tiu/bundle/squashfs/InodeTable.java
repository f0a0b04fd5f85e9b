package dev.tiu.bundle.squashfs;

import dev.tiu.linux.FileType;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Inodes as they are asked for, each read once: the same object for the same number.
 *
 * <p>An inode starts with 16 bytes that all types have ({@code struct squashfs_base_inode}): type,
 * mode, indexes of the user and group in the id table (16 bits each), modification time and number
 * (32 bits each). Types 1 to 7 are the short forms, 8 to 14 the extended ones of the same types.
 */
final class InodeTable {
  private static final int BASE_SIZE = 16;
  private static final int INDEX_SIZE = 12;
  private static final int SHORT_TYPES = 7;
  private static final FileType[] TYPES = {
    FileType.DIRECTORY,
    FileType.REGULAR,
    FileType.SYMLINK,
    FileType.BLOCK_DEVICE,
    FileType.CHARACTER_DEVICE,
    FileType.FIFO,
    FileType.SOCKET
  };

  private final Tables tables;
  private final MetadataTable table;
  private final FileInodeReader files;
  private final SquashfsImage.Limits limits;
  private final @Nullable Inode[] byNumber;
  // Inodes don't overlap: what is read of them can't be more than there is.
  private long used;

  InodeTable(Tables tables, Superblock superblock, long dataStart, SquashfsImage.Limits limits)
      throws SquashfsException {
    this.tables = tables;
    this.table = tables.inodes();
    this.files = new FileInodeReader(tables, superblock, dataStart);
    this.limits = limits;
    // The shortest inode is a fifo's: this keeps the array in proportion to what there is.
    long least = (long) superblock.inodes() * (BASE_SIZE + 4);
    if (least > table.length()) {
      throw table.fault(
          0,
          table.name(),
          "has %d bytes, too few for %d inodes".formatted(table.length(), superblock.inodes()));
    }
    this.byNumber = new @Nullable Inode[superblock.inodes() + 1];
  }

  /** What a directory entry calls an inode's type (1 to 7), if there is such. */
  static Optional<FileType> type(int number) {
    return number >= 1 && number <= SHORT_TYPES ? Optional.of(TYPES[number - 1]) : Optional.empty();
  }

  /** The inode with this number, if it has been read. */
  Optional<Inode> find(int number) {
    return number > 0 && number < byNumber.length
        ? Optional.ofNullable(byNumber[number])
        : Optional.empty();
  }

  /** The root, whose number nothing else names. */
  Inode root(long reference) throws SquashfsException {
    int place = table.place(reference >>> 16, (int) (reference & 0xffff), "root inode");
    table.need(place, BASE_SIZE, "root inode");
    return inode(LittleEndian.u32(table.bytes(), place + 12), reference, place);
  }

  /**
   * The inode that a directory entry names.
   *
   * @param number the one in the entry; the inode must have it too
   * @param place {@code reference} as a place in the table
   */
  Inode inode(long number, long reference, int place) throws SquashfsException {
    if (number < 1 || number >= byNumber.length) {
      throw table.fault(
          place, "inode " + number, "number is not from 1 to " + (byNumber.length - 1));
    }
    Inode known = byNumber[(int) number];
    if (known == null) {
      Inode read = read((int) number, reference, place);
      byNumber[(int) number] = read;
      return read;
    }
    if (known.reference() != reference) {
      throw table.fault(place, "inode " + number, "another inode has the same number");
    }
    return known;
  }

  private Inode read(int number, long reference, int place) throws SquashfsException {
    byte[] bytes = table.bytes();
    Start start = new Start(number, reference, place);
    table.need(place, BASE_SIZE, start);
    long found = LittleEndian.u32(bytes, place + 12);
    if (found != number) {
      throw table.fault(place, start, "has the number " + found);
    }
    checkExport(start);
    int typeNumber = LittleEndian.u16(bytes, place);
    boolean extended = typeNumber > SHORT_TYPES;
    FileType type =
        type(extended ? typeNumber - SHORT_TYPES : typeNumber)
            .orElseThrow(() -> table.fault(place, start, "unknown type " + typeNumber));
    return switch (type) {
      case DIRECTORY -> extended ? extendedDirectory(start) : directory(start);
      case REGULAR -> file(start, extended);
      case SYMLINK -> symlink(start, extended);
      case BLOCK_DEVICE, CHARACTER_DEVICE -> {
        Inode.Attributes attributes = special(start, type, 24, extended);
        yield new Inode.Device(attributes, type, LittleEndian.i32(bytes, place + 20));
      }
      case FIFO, SOCKET -> new Inode.Ipc(special(start, type, 20, extended), type);
    };
  }

  /** The export table says of each inode where it lies; one that says otherwise is lying. */
  private void checkExport(Start inode) throws SquashfsException {
    if (tables.export().isPresent()) {
      byte[] export = tables.export().get().bytes();
      long exported = LittleEndian.i64(export, 8 * (inode.number - 1));
      if (exported != inode.reference) {
        throw table.fault(
            inode.place,
            inode,
            "export table has it at %x, its directory at %x".formatted(exported, inode.reference));
      }
    }
  }

  /** squashfs_dir_inode: listing's block, links, size, offset in the block, parent. */
  private Inode directory(Start inode) throws SquashfsException {
    spend(inode, 32);
    byte[] bytes = table.bytes();
    int at = inode.place;
    return new Inode.Directory(
        attributes(inode, FileType.DIRECTORY, LittleEndian.i32(bytes, at + 20), XattrTable.NO_SET),
        LittleEndian.u32(bytes, at + 16),
        LittleEndian.u16(bytes, at + 26),
        listingSize(inode, LittleEndian.u16(bytes, at + 24)));
  }

  /** squashfs_ldir_inode: links, size, listing's block, parent, indexes, offset, xattrs. */
  private Inode extendedDirectory(Start inode) throws SquashfsException {
    table.need(inode.place, 40, inode);
    byte[] bytes = table.bytes();
    int at = inode.place;
    int end = at + 40;
    for (int i = LittleEndian.u16(bytes, at + 32); i > 0; i--) {
      // Where in the listing a name stands: for searches, which reading it all makes needless.
      table.need(end, INDEX_SIZE, inode);
      long nameLength = LittleEndian.u32(bytes, end + 8) + 1;
      table.need(end + INDEX_SIZE, nameLength, inode);
      end += INDEX_SIZE + (int) nameLength;
    }
    spend(inode, end - at);
    return new Inode.Directory(
        attributes(
            inode,
            FileType.DIRECTORY,
            LittleEndian.i32(bytes, at + 16),
            LittleEndian.u32(bytes, at + 36)),
        LittleEndian.u32(bytes, at + 24),
        LittleEndian.u16(bytes, at + 34),
        listingSize(inode, LittleEndian.u32(bytes, at + 20)));
  }

  /** The size counts three bytes for the entries . and .. that aren't stored. */
  private int listingSize(Start inode, long size) throws SquashfsException {
    if (size < 3 || size - 3 > tables.directories().length()) {
      throw table.fault(
          inode.place,
          inode,
          "listing of %d bytes, expected 3 to %d"
              .formatted(size, tables.directories().length() + 3L));
    }
    return (int) size - 3;
  }

  private Inode file(Start inode, boolean extended) throws SquashfsException {
    int fixed = FileInodeReader.fixedSize(extended);
    table.need(inode.place, fixed, inode);
    BlockList blocks = files.read(inode, inode.place, extended);
    spend(inode, fixed + 4L * blocks.ownBlocks());
    byte[] bytes = table.bytes();
    Inode.Attributes attributes =
        extended
            ? attributes(
                inode,
                FileType.REGULAR,
                LittleEndian.i32(bytes, inode.place + 40),
                LittleEndian.u32(bytes, inode.place + 52))
            : attributes(inode, FileType.REGULAR, 1, XattrTable.NO_SET);
    return new Inode.RegularFile(attributes, blocks);
  }

  /** squashfs_symlink_inode: links, length, target; the extended form has the xattrs after it. */
  private Inode symlink(Start inode, boolean extended) throws SquashfsException {
    table.need(inode.place, 24, inode);
    byte[] bytes = table.bytes();
    long length = LittleEndian.u32(bytes, inode.place + 20);
    if (length < 1 || length > limits.maxSymlinkLength()) {
      throw table.fault(
          inode.place,
          inode,
          "target of %d bytes, expected 1 to %d".formatted(length, limits.maxSymlinkLength()));
    }
    int from = inode.place + 24;
    int end = from + (int) length;
    spend(inode, 24 + length + (extended ? 4 : 0));
    byte[] target = Arrays.copyOfRange(bytes, from, end);
    for (byte b : target) {
      if (b == 0) {
        throw table.fault(from, inode, "target with a NUL");
      }
    }
    long xattrs = extended ? LittleEndian.u32(bytes, end) : XattrTable.NO_SET;
    return new Inode.Symlink(
        attributes(inode, FileType.SYMLINK, LittleEndian.i32(bytes, inode.place + 16), xattrs),
        target);
  }

  /** The types of a fixed size: links, perhaps a device number, and xattrs in the extended form. */
  private Inode.Attributes special(Start inode, FileType type, int size, boolean extended)
      throws SquashfsException {
    spend(inode, extended ? size + 4 : size);
    long xattrs =
        extended ? LittleEndian.u32(table.bytes(), inode.place + size) : XattrTable.NO_SET;
    return attributes(inode, type, LittleEndian.i32(table.bytes(), inode.place + 16), xattrs);
  }

  private Inode.Attributes attributes(Start inode, FileType type, int links, long xattrs)
      throws SquashfsException {
    if (links < 1) {
      throw table.fault(inode.place, inode, Integer.toUnsignedString(links) + " links");
    }
    byte[] bytes = table.bytes();
    int mode = LittleEndian.u16(bytes, inode.place + 2);
    int typeBits = mode & ~07777;
    if (typeBits != 0 && typeBits != type.bits()) {
      throw table.fault(
          inode.place, inode, "is a " + type + " with the mode " + Integer.toOctalString(mode));
    }
    return new Inode.Attributes(
        inode.number,
        inode.reference,
        mode & 07777,
        id(inode, LittleEndian.u16(bytes, inode.place + 4)),
        id(inode, LittleEndian.u16(bytes, inode.place + 6)),
        LittleEndian.u32(bytes, inode.place + 8),
        links,
        tables.xattrs().set(xattrs, table, inode.place, inode));
  }

  private int id(Start inode, int index) throws SquashfsException {
    if (4 * index >= tables.ids().length()) {
      throw table.fault(
          inode.place,
          inode,
          "owner is id %d, but there are %d".formatted(index, tables.ids().length() / 4));
    }
    return LittleEndian.i32(tables.ids().bytes(), 4 * index);
  }

  private void spend(Start inode, long bytes) throws SquashfsException {
    table.need(inode.place, bytes, inode);
    used += bytes;
    if (used > table.length()) {
      throw table.fault(inode.place, inode, "overlaps other inodes");
    }
  }

  /** Where an inode is read from; its name in messages. */
  private record Start(int number, long reference, int place) {
    @Override
    public String toString() {
      return "inode " + number;
    }
  }
}

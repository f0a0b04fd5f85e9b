package dev.tiu.bundle.squashfs;

import dev.tiu.linux.BytePath;
import dev.tiu.verity.BlockReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Makes the only directory in an image's root the root itself.
 *
 * <p>mksquashfs 4.5 has no way to say a root directory's time, owner and extended attributes when
 * it reads a stream: it takes the clock, the caller and none. So the tree is packed as one
 * directory below that root, and the root is taken away again: its inode is the last in the inode
 * table and has the highest number, so what remains is an image as mksquashfs would have made it.
 * What follows the inode table moves by the few bytes that the table's last block changes its size.
 */
public final class RootPromotion {
  private static final int ID_SIZE = 4;
  private static final int IDS_PER_BLOCK = MetadataReader.BLOCK / ID_SIZE;
  private static final int PLAIN_BIT = 1 << 15;

  /** A directory's inode, even the extended one without indexes, isn't larger. */
  private static final int MAX_ROOT_SIZE = 40;

  private final FileChannel file;
  private final Superblock superblock;
  private final Tables tables;
  private final Tree tree;

  private RootPromotion(FileChannel file, SquashfsImage.Limits limits) throws IOException {
    this.file = file;
    BlockReader reader = BlockReader.of(file);
    SquashfsImage image = SquashfsImage.open(reader, file.size(), limits);
    this.superblock = image.superblock();
    this.tree = image.readTree();
    long dataStart = image.metadataRanges().get(0).length();
    this.tables = Tables.read(reader, superblock, dataStart, limits);
  }

  /**
   * Changes a finished image, whose file ends with it afterwards, without padding.
   *
   * @param file readable and writable
   * @param name of the only entry in the root
   * @param usedIds the users and groups of all that remains; an id that only the old root had is
   *     taken out of the id table
   */
  public static void promote(
      FileChannel file, BytePath name, Set<Integer> usedIds, SquashfsImage.Limits limits)
      throws IOException {
    new RootPromotion(file, limits).run(name, usedIds);
  }

  private void run(BytePath name, Set<Integer> usedIds) throws IOException {
    Inode promoted = tree.get(name).orElseThrow(() -> unexpected("its root doesn't have " + name));
    if (tree.list(tree.root()).size() != 1 || promoted.type() != tree.root().type()) {
      throw unexpected("its root has more than the directory " + name);
    }
    MetadataTable inodes = tables.inodes();
    int place =
        inodes.place(
            superblock.rootInode() >>> 16, (int) (superblock.rootInode() & 0xffff), "root inode");
    if (inodes.length() - place > MAX_ROOT_SIZE
        || tree.root().number() != superblock.inodes()
        || superblock.hasExportTable()) {
      throw unexpected("its root inode isn't the last");
    }
    int block = inodes.block(superblock.rootInode() >>> 16, "root inode");
    ByteArrayOutputStream tail = new ByteArrayOutputStream();
    int kept = place - inodes.blockPlace(block);
    if (kept > 0) {
      plainBlock(tail, inodes.bytes(), inodes.blockPlace(block), kept);
    }
    rewrite(inodes.blockStart(block), tail, promoted.reference(), usedIds);
  }

  /** Writes what comes from {@code start} on: the rest of the inode table, and all that follows. */
  private void rewrite(
      long start, ByteArrayOutputStream tail, long rootReference, Set<Integer> usedIds)
      throws IOException {
    long directoryTable = start + tail.size();
    long shift = directoryTable - superblock.directoryTable();
    long idsStart = tables.ids().start();
    byte[] middle = read(superblock.directoryTable(), idsStart);
    if (superblock.fragments() > 0) {
      int list = (int) (superblock.fragmentTable() - superblock.directoryTable());
      shiftList(middle, list, superblock.fragments() * FragmentTable.ENTRY_SIZE, shift);
    }
    tail.writeBytes(middle);

    List<Integer> ids = remainingIds(usedIds);
    long idList = writeIds(ids, start, tail);
    long xattrTable = superblock.xattrTable();
    if (superblock.hasXattrs()) {
      xattrTable = writeXattrs(start, tail);
    }
    write(start, tail.toByteArray());
    file.truncate(start + tail.size());
    ByteBuffer head = ByteBuffer.wrap(read(0, Superblock.SIZE)).order(ByteOrder.LITTLE_ENDIAN);
    head.putInt(4, superblock.inodes() - 1);
    head.putShort(26, (short) ids.size());
    head.putLong(32, rootReference);
    head.putLong(40, start + tail.size());
    head.putLong(48, idList);
    head.putLong(56, xattrTable);
    head.putLong(72, directoryTable);
    if (superblock.fragmentTable() != Superblock.ABSENT) {
      head.putLong(80, superblock.fragmentTable() + shift);
    }
    write(0, head.array());
  }

  /** Ids stand in the order of their first use, so those of the old root alone are the last. */
  private List<Integer> remainingIds(Set<Integer> used) {
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < superblock.ids(); i++) {
      ids.add(LittleEndian.i32(tables.ids().bytes(), ID_SIZE * i));
    }
    while (ids.size() > 1 && !used.contains(ids.get(ids.size() - 1))) {
      ids.remove(ids.size() - 1);
    }
    return ids;
  }

  private static long writeIds(List<Integer> ids, long start, ByteArrayOutputStream tail) {
    ByteBuffer bytes = ByteBuffer.allocate(ID_SIZE * ids.size()).order(ByteOrder.LITTLE_ENDIAN);
    ids.forEach(bytes::putInt);
    int blocks = (ids.size() + IDS_PER_BLOCK - 1) / IDS_PER_BLOCK;
    ByteBuffer list = ByteBuffer.allocate(8 * blocks).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < bytes.capacity(); at += MetadataReader.BLOCK) {
      list.putLong(start + tail.size());
      plainBlock(tail, bytes.array(), at, Math.min(MetadataReader.BLOCK, bytes.capacity() - at));
    }
    long listStart = start + tail.size();
    tail.writeBytes(list.array());
    return listStart;
  }

  /** The sets and keys are as they were; only positions in the image change. */
  private long writeXattrs(long start, ByteArrayOutputStream tail) throws IOException {
    long oldStart = tables.xattrs().start();
    long shift = start + tail.size() - oldStart;
    byte[] xattrs = read(oldStart, superblock.bytesUsed());
    int header = (int) (superblock.xattrTable() - oldStart);
    long sets = LittleEndian.u32(xattrs, header + 8);
    ByteBuffer.wrap(xattrs).order(ByteOrder.LITTLE_ENDIAN).putLong(header, oldStart + shift);
    shiftList(xattrs, header + 16, sets * 16, shift);
    tail.writeBytes(xattrs);
    return superblock.xattrTable() + shift;
  }

  /** Moves the positions of a table's metadata blocks. */
  private static void shiftList(byte[] bytes, int at, long tableSize, long shift) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int blocks = (int) ((tableSize + MetadataReader.BLOCK - 1) / MetadataReader.BLOCK);
    for (int i = 0; i < blocks; i++) {
      buffer.putLong(at + 8 * i, buffer.getLong(at + 8 * i) + shift);
    }
  }

  private static void plainBlock(ByteArrayOutputStream out, byte[] bytes, int from, int length) {
    int header = length | PLAIN_BIT;
    out.write(header);
    out.write(header >>> 8);
    out.write(bytes, from, length);
  }

  private byte[] read(long from, long to) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(to - from)];
    BlockReader.of(file).read(from, ByteBuffer.wrap(bytes));
    return bytes;
  }

  private void write(long offset, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    long position = offset;
    while (buffer.hasRemaining()) {
      position += file.write(buffer, position);
    }
  }

  private static IOException unexpected(String problem) {
    return new IOException(
        "mksquashfs has laid out the image in a way tiu doesn't know: " + problem);
  }
}

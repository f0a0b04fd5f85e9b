package dev.tiu.bundle.squashfs;

import dev.tiu.verity.BlockReader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;

/**
 * A small image written byte by byte, so that a test knows where each field lies and can make it
 * lie. Nothing is packed, except the second block of {@code file}.
 *
 * <pre>
 * file        inode 1: a plain block, a packed one, and a tail end of 100 bytes in fragment 0
 * link        inode 2: to "file"; with security.a and, out of line, user.b
 * sub/        inode 3
 * sub/node    inode 4: character device 5:1
 * sub/twin    inode 1 again
 * (root)      inode 5
 * </pre>
 *
 * <p>The image may have a gap of any size behind the superblock, which positions beyond 4 GiB need.
 */
final class HandMadeImage {
  static final int BLOCK = 4096;
  private static final int NONE = -1;

  private final ByteBuffer image = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
  private final Map<String, Integer> marks = new TreeMap<>();
  private final long gap;
  private int start;

  private HandMadeImage(long gap) {
    this.gap = gap;
    image.position(Superblock.SIZE);
    int packed = data();
    int inodes = inodeTable(packed);
    int directories = directoryTable();
    int fragments = fragmentTable();
    int export = exportTable();
    int ids = idTable();
    int xattrs = xattrTable();
    int end = image.position();
    image.position(0);
    superblock(end, ids, xattrs, inodes, directories, fragments, export);
    image.position(end);
  }

  static HandMadeImage write() {
    return new HandMadeImage(0);
  }

  /** An image whose bytes behind the superblock lie {@code gap} bytes further on. */
  static HandMadeImage writeWithGap(long gap) {
    return new HandMadeImage(gap);
  }

  /** Reads the image with its gap, where nothing may be read. */
  BlockReader reader() {
    BlockReader bytes = BlockReader.of(bytes());
    return (offset, dst) -> {
      if (offset < Superblock.SIZE) {
        bytes.read(offset, dst);
      } else {
        bytes.read(Math.max(-1, offset - gap), dst);
      }
    };
  }

  /** Length of the image with its gap. */
  long size() {
    return gap + image.position();
  }

  /** The image, for a test to change. */
  byte[] bytes() {
    byte[] bytes = new byte[image.position()];
    image.get(0, bytes);
    return bytes;
  }

  /**
   * Where something lies in the image, the gap left out: {@code inode 1}, {@code listing 5}, {@code
   * id list}.
   */
  int at(String mark) {
    Integer at = marks.get(mark);
    if (at == null) {
      throw new IllegalArgumentException(mark + " is none of " + marks.keySet());
    }
    return at;
  }

  /** The content of {@code file}. */
  static byte[] content() {
    byte[] content = new byte[2 * BLOCK + 100];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i / 64 + i % 3);
    }
    return content;
  }

  private int data() {
    byte[] content = content();
    mark("block 0");
    image.put(content, 0, BLOCK);
    mark("block 1");
    byte[] packed = deflate(content, BLOCK, BLOCK);
    image.put(packed);
    mark("fragment 0");
    image.put(new byte[7]).put(content, 2 * BLOCK, 100).put(new byte[9]);
    return packed.length;
  }

  static byte[] deflate(byte[] content, int from, int length) {
    Deflater deflater = new Deflater();
    deflater.setInput(content, from, length);
    deflater.finish();
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    byte[] buffer = new byte[1024];
    while (!deflater.finished()) {
      packed.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return packed.toByteArray();
  }

  private int inodeTable(int packed) {
    int table = openBlock("inode table");
    inode(1, 9, 0644, 1);
    image.putLong(gap + at("block 0")).putLong(2L * BLOCK + 100).putLong(0);
    image.putInt(2).putInt(0).putInt(7).putInt(NONE);
    image.putInt(BLOCK | BlockList.PLAIN_BIT).putInt(packed);
    inode(2, 10, 0777, 0);
    image.putInt(1).putInt(4).put(ascii("file")).putInt(0);
    inode(3, 1, 0755, 0);
    // Header, two entries with names of four bytes each.
    image.putInt(0).putInt(2).putShort((short) (12 + 2 * 12 + 3)).putShort((short) 0).putInt(5);
    inode(4, 5, 0600, 0);
    image.putInt(1).putInt(0x501);
    inode(5, 8, 0755, 0);
    image.putInt(3).putInt(12 + 3 * 8 + 11 + 3).putInt(0).putInt(6);
    image.putShort((short) 1).putShort((short) 36).putInt(NONE);
    // One index entry, for "link".
    image.putInt(24).putInt(0).putInt(3).put(ascii("link"));
    closeBlock();
    return table;
  }

  private void inode(int number, int type, int mode, int id) {
    mark("inode " + number);
    image.putShort((short) type).putShort((short) mode);
    image.putShort((short) id).putShort((short) 0);
    image.putInt(1_700_000_000).putInt(number);
  }

  private int directoryTable() {
    int table = openBlock("directory table");
    mark("listing 3");
    image.putInt(1).putInt(0).putInt(3);
    entry(4, 1, 5, "node");
    entry(1, -2, 2, "twin");
    mark("listing 5");
    image.putInt(2).putInt(0).putInt(2);
    entry(1, -1, 2, "file");
    entry(2, 0, 3, "link");
    entry(3, 1, 1, "sub");
    closeBlock();
    return table;
  }

  private void entry(int inode, int difference, int type, String name) {
    mark("entry " + name);
    image.putShort((short) offset(inode)).putShort((short) difference);
    image.putShort((short) type).putShort((short) (name.length() - 1)).put(ascii(name));
  }

  private int offset(int inode) {
    return at("inode " + inode) - at("inode table") - 2;
  }

  private int fragmentTable() {
    int block = openBlock("fragment block");
    image.putLong(gap + at("fragment 0")).putInt(116 | BlockList.PLAIN_BIT).putInt(0);
    closeBlock();
    return list("fragment list", block);
  }

  private int exportTable() {
    int block = openBlock("export block");
    for (int i = 1; i <= 5; i++) {
      image.putLong(offset(i));
    }
    closeBlock();
    return list("export list", block);
  }

  private int idTable() {
    int block = openBlock("id block");
    image.putInt(0).putInt(1000);
    closeBlock();
    return list("id list", block);
  }

  private int xattrTable() {
    int keys = openBlock("xattr keys");
    image.putShort((short) 2).putShort((short) 1).put(ascii("a")).putInt(3).put(ascii("one"));
    image.putShort((short) 0x100).putShort((short) 1).put(ascii("b")).putInt(8).putLong(5);
    closeBlock();
    int ids = openBlock("xattr ids");
    image.putLong(0).putInt(2).putInt(28);
    closeBlock();
    int header = mark("xattr header");
    image.putLong(gap + keys).putInt(1).putInt(0);
    list("xattr list", ids);
    return header;
  }

  private int list(String name, long block) {
    int list = mark(name);
    image.putLong(gap + block);
    return list;
  }

  private int mark(String name) {
    marks.put(name, image.position());
    return image.position();
  }

  private int openBlock(String name) {
    start = mark(name);
    image.putShort((short) 0);
    return start;
  }

  private void closeBlock() {
    image.putShort(start, (short) ((image.position() - start - 2) | 0x8000));
  }

  private void superblock(
      int end, int ids, int xattrs, int inodes, int directories, int fragments, int export) {
    image.put(ascii("hsqs")).putInt(5).putInt(1_700_000_000).putInt(BLOCK).putInt(1);
    image.putShort((short) 1).putShort((short) 12).putShort((short) 0x00c0);
    image.putShort((short) 2).putShort((short) 4).putShort((short) 0);
    image.putLong(offset(5));
    for (int position : new int[] {end, ids, xattrs, inodes, directories, fragments, export}) {
      image.putLong(gap + position);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

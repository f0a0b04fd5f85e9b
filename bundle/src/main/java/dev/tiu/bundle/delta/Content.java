package dev.tiu.bundle.delta;

import dev.tiu.bundle.ContentDigest;
import dev.tiu.bundle.squashfs.DataBlock;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.linux.BytePath;
import dev.tiu.verity.BlockReader;
import dev.tiu.verity.FsVerity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a patch makes, or is made from: a file's content in an image, however many files have it, or
 * the image's content table.
 */
final class Content {
  private final ContentDigest digest;
  private final long size;
  private final BytePath path;
  private final BlockReader bytes;
  private final List<DataBlock> blocks;

  private Content(
      ContentDigest digest, long size, BytePath path, BlockReader bytes, List<DataBlock> blocks) {
    this.digest = digest;
    this.size = size;
    this.path = path;
    this.bytes = bytes;
    this.blocks = blocks;
  }

  /**
   * A file's.
   *
   * @param path of the first file that has it
   */
  static Content ofFile(
      ContentDigest digest, SquashfsImage image, Inode.RegularFile file, BytePath path) {
    return new Content(digest, file.size(), path, new ImageFile(image, file), image.blocks(file));
  }

  /** A content table's, which no path leads to. */
  static Content ofTable(byte[] table) {
    return new Content(
        tableDigest(table), table.length, BytePath.ROOT, BlockReader.of(table), List.of());
  }

  /** The digest by which a delta knows a content table. */
  static ContentDigest tableDigest(byte[] table) {
    FsVerity.Digester digester = new FsVerity.Digester();
    digester.update(ByteBuffer.wrap(table));
    return ContentDigest.of(digester.finish());
  }

  ContentDigest digest() {
    return digest;
  }

  /** In bytes. */
  long size() {
    return size;
  }

  BytePath path() {
    return path;
  }

  /** What it consists of, from its start. */
  BlockReader bytes() {
    return bytes;
  }

  byte[] read(long offset, int length) throws IOException {
    byte[] part = new byte[length];
    bytes.read(offset, ByteBuffer.wrap(part));
    return part;
  }

  /** Where the image stores it; none for a table. */
  List<DataBlock> blocks() {
    return blocks;
  }
}

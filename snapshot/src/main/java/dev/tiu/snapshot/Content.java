package dev.tiu.snapshot;

import dev.tiu.bundle.squashfs.DataBlock;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.verity.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Where a file's content comes from, in pieces that several threads read at once. */
interface Content {
  /** Where it begins in what it comes from: files are written in that order. */
  long start();

  /** How many pieces; 0 for an empty file. */
  int pieces();

  /** Where a piece goes in the file. */
  ByteRange place(int piece);

  /** Whether a piece is zeros that nobody writes. */
  boolean isHole(int piece);

  /** Puts a piece's bytes to {@code dst}, which has room for them. */
  void read(int piece, ByteBuffer dst) throws IOException;

  /** A file of an image; a piece is a block. */
  record OfImage(SquashfsImage image, List<DataBlock> blocks) implements Content {
    static OfImage of(SquashfsImage image, Inode.RegularFile file) {
      return new OfImage(image, image.blocks(file));
    }

    @Override
    public int pieces() {
      return blocks.size();
    }

    @Override
    public ByteRange place(int piece) {
      DataBlock block = blocks.get(piece);
      return new ByteRange(block.fileOffset(), block.size());
    }

    @Override
    public boolean isHole(int piece) {
      return blocks.get(piece).hole();
    }

    @Override
    public void read(int piece, ByteBuffer dst) throws IOException {
      image.read(blocks.get(piece), dst);
    }

    @Override
    public long start() {
      for (DataBlock block : blocks) {
        if (!block.hole()) {
          return block.offset() + block.skip();
        }
      }
      return 0;
    }
  }
}

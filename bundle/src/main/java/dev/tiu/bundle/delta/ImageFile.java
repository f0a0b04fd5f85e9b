package dev.tiu.bundle.delta;

import dev.tiu.bundle.squashfs.DataBlock;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.verity.BlockReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A file of an image, read at any offset. */
final class ImageFile implements BlockReader {
  private final SquashfsImage image;
  private final List<DataBlock> blocks;
  private final long size;

  ImageFile(SquashfsImage image, Inode.RegularFile file) {
    this.image = image;
    this.blocks = image.blocks(file);
    this.size = file.size();
  }

  @Override
  public void read(long offset, ByteBuffer dst) throws IOException {
    int wanted = dst.remaining();
    if (offset < 0 || offset > size - wanted) {
      throw new EOFException(
          wanted + " bytes at offset " + offset + " of a file of " + size + " bytes");
    }
    int blockSize = image.superblock().blockSize();
    long position = offset;
    while (dst.hasRemaining()) {
      DataBlock block = blocks.get((int) (position / blockSize));
      int skipped = (int) (position - block.fileOffset());
      if (skipped == 0 && block.size() <= dst.remaining()) {
        image.read(block, dst);
        position += block.size();
        continue;
      }
      ByteBuffer whole = ByteBuffer.allocate(block.size());
      image.read(block, whole);
      int length = Math.min(dst.remaining(), block.size() - skipped);
      dst.put(whole.flip().position(skipped).limit(skipped + length));
      position += length;
    }
  }
}

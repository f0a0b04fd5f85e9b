package dev.tiu.bundle;

import dev.tiu.verity.ByteRange;
import dev.tiu.verity.VerityParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;

/** Writes what a bundle has beside file data to the offsets where a bundle has it. */
final class SkeletonWriter {
  private static final int PIECE = 1 << 20;

  private final Bundle bundle;
  private final ByteSource source;
  private final BundleLayout layout;

  SkeletonWriter(Bundle bundle, ByteSource source, BundleLayout layout) {
    this.bundle = bundle;
    this.source = source;
    this.layout = layout;
  }

  void writeTo(FileChannel out) throws IOException {
    if (out.size() > 0) {
      throw new IllegalArgumentException("a skeleton is written to an empty file");
    }
    List<ByteRange> kept = ImageReader.metadataBlocks(bundle.image());
    ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
    for (ByteRange range : kept) {
      for (long offset = range.offset(); offset < range.end(); offset += PIECE) {
        bundle.imageBytes().read(offset, limited(buffer, range.end() - offset));
        write(out, buffer.flip(), offset);
      }
    }
    long treeOffset = layout.manifest().verity().treeOffset();
    copy(out, buffer, new ByteRange(treeOffset, VerityParameters.BLOCK_SIZE));
    for (ByteRange range : bundle.verifiedBlocks().treeRanges(kept)) {
      copy(out, buffer, new ByteRange(treeOffset + range.offset(), range.length()));
    }
    // Held against its digest, then copied: another read could give something else only by damage,
    // which the digest shows again when the skeleton is read.
    bundle.contentTable();
    Manifest.Table table = layout.manifest().contentTable();
    copy(out, buffer, new ByteRange(table.offset(), table.size()));
    write(out, ByteBuffer.wrap(layout.cms().toArray()), layout.trailer().cmsOffset());
    write(out, ByteBuffer.wrap(layout.trailer().toBytes()), layout.trailer().offset());
  }

  private void copy(FileChannel out, ByteBuffer buffer, ByteRange range) throws IOException {
    for (long offset = range.offset(); offset < range.end(); offset += PIECE) {
      source.read(offset, limited(buffer, range.end() - offset));
      write(out, buffer.flip(), offset);
    }
  }

  private static ByteBuffer limited(ByteBuffer buffer, long length) {
    return buffer.clear().limit((int) Math.min(PIECE, length));
  }

  private static void write(FileChannel out, ByteBuffer bytes, long offset) throws IOException {
    long position = offset;
    while (bytes.hasRemaining()) {
      position += out.write(bytes, position);
    }
  }
}

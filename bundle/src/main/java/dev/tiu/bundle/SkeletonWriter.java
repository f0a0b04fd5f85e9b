package dev.tiu.bundle;

import dev.tiu.verity.ByteRange;
import dev.tiu.verity.VerityParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
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

  void writeTo(SkeletonOutput out) throws IOException {
    bundle.readDescription();
    List<ByteRange> kept = ImageReader.metadataBlocks(bundle.image());
    ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
    for (ByteRange range : kept) {
      for (long offset = range.offset(); offset < range.end(); offset += PIECE) {
        bundle.imageBytes().read(offset, limited(buffer, range.end() - offset));
        out.write(buffer.flip(), offset);
      }
    }
    long treeOffset = layout.manifest().verity().treeOffset();
    copy(out, buffer, new ByteRange(treeOffset, VerityParameters.BLOCK_SIZE));
    for (ByteRange range : bundle.verifiedBlocks().treeRanges(kept)) {
      copy(out, buffer, new ByteRange(treeOffset + range.offset(), range.length()));
    }
    // Held against its digest, then copied: another read could give something else only by damage,
    // which the digest shows again when the skeleton is read.
    Manifest.Table table = layout.manifest().contentTable();
    copy(out, buffer, new ByteRange(table.offset(), table.size()));
    out.write(ByteBuffer.wrap(layout.cms().toArray()), layout.trailer().cmsOffset());
    out.write(ByteBuffer.wrap(layout.trailer().toBytes()), layout.trailer().offset());
  }

  private void copy(SkeletonOutput out, ByteBuffer buffer, ByteRange range) throws IOException {
    for (long offset = range.offset(); offset < range.end(); offset += PIECE) {
      source.read(offset, limited(buffer, range.end() - offset));
      out.write(buffer.flip(), offset);
    }
  }

  private static ByteBuffer limited(ByteBuffer buffer, long length) {
    return buffer.clear().limit((int) Math.min(PIECE, length));
  }
}

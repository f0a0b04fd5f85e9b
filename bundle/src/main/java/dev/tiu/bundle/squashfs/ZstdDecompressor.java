package dev.tiu.bundle.squashfs;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;

/** Zstandard (RFC 8878): a frame per block. */
final class ZstdDecompressor implements Decompressor {
  // Kept from block to block: a new one costs more than unpacking a metadata block does.
  private final ZstdDecompressCtx context = new ZstdDecompressCtx();

  @Override
  public void unpack(ByteBuffer packed, ByteBuffer content) throws CorruptBlockException {
    try {
      int unpacked = unpackAny(packed, content);
      content.position(content.position() + unpacked);
    } catch (ZstdException e) {
      throw new CorruptBlockException("zstd: " + e.getMessage(), e);
    }
  }

  private int unpackAny(ByteBuffer packed, ByteBuffer content) {
    int from = packed.position();
    int to = content.position();
    int length = packed.remaining();
    int room = content.remaining();
    if (packed.isDirect()) {
      return content.isDirect()
          ? context.decompressDirectByteBuffer(content, to, room, packed, from, length)
          : context.decompressDirectByteBufferToByteArray(
              content.array(), content.arrayOffset() + to, room, packed, from, length);
    }
    byte[] source = packed.array();
    from += packed.arrayOffset();
    return content.isDirect()
        ? context.decompressByteArrayToDirectByteBuffer(content, to, room, source, from, length)
        : context.decompressByteArray(
            content.array(), content.arrayOffset() + to, room, source, from, length);
  }

  @Override
  public boolean takesDirect() {
    return true;
  }

  @Override
  public void close() {
    context.close();
  }
}

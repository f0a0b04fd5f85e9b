package dev.tiu.snapshot;

import dev.tiu.linux.FileHandle;
import dev.tiu.verity.FsVerity;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Computes digests of files on the disk, for one thread. */
final class Digests {
  private static final int BUFFER = 256 << 10;

  private final FsVerity.Digester digester = new FsVerity.Digester();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

  /** The fs-verity digest of a file's content. */
  byte[] of(FileHandle content) throws IOException {
    digester.reset();
    long position = 0;
    buffer.clear();
    for (int n = content.read(buffer, position); n > 0; n = content.read(buffer, position)) {
      position += n;
      digester.update(buffer.flip());
      buffer.clear();
    }
    return digester.finish();
  }
}

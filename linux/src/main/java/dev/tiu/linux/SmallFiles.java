package dev.tiu.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Files that are read and written whole. */
final class SmallFiles {
  private static final byte[] SUFFIX = {'.', 't', 'i', 'u', '-', 't', 'm', 'p'};

  private SmallFiles() {}

  static byte[] readAll(FileHandle file, int limit) throws IOException {
    long size = file.status().size();
    if (size > limit) {
      throw tooBig(file, limit);
    }
    // Files of /proc say 0 and have content all the same, so the size is a hint.
    byte[] content = new byte[(int) Math.min(limit, Math.max(size, 1023)) + 1];
    int length = 0;
    while (true) {
      int n = file.read(ByteBuffer.wrap(content, length, content.length - length), length);
      if (n < 0) {
        return Arrays.copyOf(content, length);
      }
      length += n;
      if (length > limit) {
        throw tooBig(file, limit);
      }
      if (length == content.length) {
        content = Arrays.copyOf(content, (int) Math.min(limit + 1L, content.length * 2L));
      }
    }
  }

  private static LinuxException tooBig(FileHandle file, int limit) {
    return new LinuxException(
        Errno.EFBIG, "read", file.toString(), "more than " + limit + " bytes");
  }

  /** Whether what was written is on the disk when the call returns. */
  enum Sync {
    NOW,
    LATER
  }

  static void replace(Dir parent, BytePath name, byte[] content, int mode, Sync sync)
      throws LinuxException {
    BytePath temporary = temporaryName(name);
    boolean done = false;
    FileHandle file = create(parent, temporary, mode);
    try (file) {
      file.write(ByteBuffer.wrap(content), 0);
      if (sync == Sync.NOW) {
        file.sync();
      }
      parent.rename(temporary, name);
      done = true;
    } finally {
      if (!done) {
        removeQuietly(parent, temporary);
      }
    }
    if (sync == Sync.NOW) {
      parent.sync();
    }
  }

  private static FileHandle create(Dir parent, BytePath temporary, int mode) throws LinuxException {
    try {
      return parent.createFile(temporary, mode);
    } catch (LinuxException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
    // An earlier run was killed between creating and renaming.
    parent.removeTree(temporary);
    return parent.createFile(temporary, mode);
  }

  private static void removeQuietly(Dir parent, BytePath temporary) {
    try {
      parent.unlink(temporary);
    } catch (LinuxException e) {
      // The failure that led here says more; the next write removes what is left.
    }
  }

  private static BytePath temporaryName(BytePath name) {
    byte[] bytes = name.bytes();
    int kept = Math.min(bytes.length, BytePath.NAME_MAX - 1 - SUFFIX.length);
    byte[] temporary = new byte[1 + kept + SUFFIX.length];
    temporary[0] = '.';
    System.arraycopy(bytes, 0, temporary, 1, kept);
    System.arraycopy(SUFFIX, 0, temporary, 1 + kept, SUFFIX.length);
    return BytePath.ofBytes(temporary);
  }
}

package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Gives a file a content in a new inode, so that its other names keep the old one. Nothing is
 * synced: nobody uses a merge's result before all of it is.
 */
final class NewContent {
  private static final String TEMPORARY = ".tiu-tmp";

  private NewContent() {}

  /** Puts it there, with mode 0600 and the process's owner. */
  static void put(Dir dir, BytePath name, byte[] content) throws IOException {
    BytePath made = BesideName.of(name, TEMPORARY, 1);
    dir.removeIfThere(made);
    try (FileHandle file = dir.createFile(made, 0600)) {
      file.write(ByteBuffer.wrap(content), 0);
    }
    dir.rename(made, name);
  }
}

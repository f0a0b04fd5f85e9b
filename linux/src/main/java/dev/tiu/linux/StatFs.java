package dev.tiu.linux;

import java.nio.ByteBuffer;

/** fstatfs(2): {@code struct statfs} of asm-generic/statfs.h, all fields 64 bits wide. */
final class StatFs {
  private static final int TYPE = 0;
  private static final int BLOCK_SIZE = 8;
  private static final int BLOCKS = 16;
  private static final int AVAILABLE = 32;
  private static final int FILES = 40;
  private static final int FILES_FREE = 48;
  private static final int FRAGMENT_SIZE = 72;

  private StatFs() {}

  static FileSystemSpace space(int fd, Label label) throws LinuxException {
    call(fd, label);
    ByteBuffer buffer = Scratch.get().buffer;
    long fragment = buffer.getLong(Scratch.STRUCT + FRAGMENT_SIZE);
    long unit = fragment != 0 ? fragment : buffer.getLong(Scratch.STRUCT + BLOCK_SIZE);
    return new FileSystemSpace(
        buffer.getLong(Scratch.STRUCT + BLOCKS) * unit,
        buffer.getLong(Scratch.STRUCT + AVAILABLE) * unit,
        buffer.getLong(Scratch.STRUCT + FILES),
        buffer.getLong(Scratch.STRUCT + FILES_FREE));
  }

  /** The number of {@code linux/magic.h}. */
  static long type(int fd, Label label) throws LinuxException {
    call(fd, label);
    return Scratch.get().buffer.getLong(Scratch.STRUCT + TYPE);
  }

  private static void call(int fd, Label label) throws LinuxException {
    long structure = Scratch.get().address(Scratch.STRUCT);
    long unused = Calls.check(LibC.fstatfs(fd, structure), "fstatfs", label, BytePath.ROOT);
  }
}

package dev.tiu.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * A program in a root, found as exec would find it there.
 *
 * @param path absolute in the root: what was asked for, and not what that links to
 */
record RoomProgram(String path, boolean isForeign) {
  /** What {@code PATH} is in a room. */
  static final String SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private static final List<String> DIRECTORIES = List.of(SEARCH_PATH.split(":"));
  private static final int ANY_EXECUTE = 0111;

  /** {@code elf.h}: the magic, and what machine it is for. */
  private static final int ELF_MAGIC = 0x464c457f;

  private static final int E_MACHINE = 18;
  private static final int HEADER = 20;

  /** How much of a program the kernel looks at: {@code BINPRM_BUF_SIZE}. */
  private static final int START = 256;

  static Optional<RoomProgram> find(Dir root, String program) throws IOException {
    if (program.indexOf('/') >= 0) {
      return at(root, program);
    }
    for (String directory : DIRECTORIES) {
      Optional<RoomProgram> found = at(root, directory + "/" + program);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<RoomProgram> at(Dir root, String absolute) throws IOException {
    if (!absolute.startsWith("/")) {
      throw new IllegalArgumentException("no absolute path: " + absolute);
    }
    BytePath path = BytePath.of(absolute.substring(1));
    // Without opening it first: it may be a FIFO or a device.
    try (FileHandle file = root.openFollowing(path, Abi.O_PATH)) {
      FileStatus status = file.status();
      if (status.type() != FileType.REGULAR || (status.mode() & ANY_EXECUTE) == 0) {
        return Optional.empty();
      }
    } catch (LinuxException e) {
      return switch (e.errno()) {
        case ENOENT, ENOTDIR, ELOOP, EXDEV -> Optional.empty();
        default -> throw e;
      };
    }
    try (FileHandle file = root.openFollowing(path, Abi.O_RDONLY)) {
      return Optional.of(new RoomProgram(absolute, isForeign(file)));
    }
  }

  /**
   * Whether it is machine code for another machine, which this one doesn't emulate. The kernel says
   * so too, but to the C library, which hands the file to a shell then.
   */
  private static boolean isForeign(FileHandle file) throws IOException {
    int length = (int) Math.min(START, file.status().size());
    if (length < HEADER) {
      return false;
    }
    ByteBuffer header = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
    file.readFully(header, 0);
    if (header.getInt(0) != ELF_MAGIC || header.getShort(E_MACHINE) == Abi.HERE.elfMachine) {
      return false;
    }
    byte[] start = new byte[length];
    header.get(0, start);
    return !BinaryFormat.isKnown(start);
  }
}

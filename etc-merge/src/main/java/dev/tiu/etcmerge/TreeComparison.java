package dev.tiu.etcmerge;

import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileHandle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Compares what two trees have. Times aren't compared: they don't say who changed what. */
final class TreeComparison {
  private static final int BUFFER = 1 << 16;

  private final ByteBuffer ours = ByteBuffer.allocateDirect(BUFFER);
  private final ByteBuffer theirs = ByteBuffer.allocateDirect(BUFFER);

  /** Whether type, content, owner, mode and xattrs agree, for a directory with all below it. */
  boolean sameTree(EtcEntry a, EtcEntry b) throws IOException {
    return sameContent(a, b)
        && a.metadata().withoutLabel().equals(b.metadata().withoutLabel())
        && (!a.isDirectory() || sameChildren(a, b));
  }

  /** Whether type and content agree; a directory has none itself. */
  boolean sameContent(EtcEntry a, EtcEntry b) throws IOException {
    if (!a.isOfSameType(b)) {
      return false;
    }
    return switch (a.status().type()) {
      case REGULAR -> sameBytes(a, b);
      case SYMLINK -> Arrays.equals(a.parent().readLink(a.name()), b.parent().readLink(b.name()));
      case CHARACTER_DEVICE, BLOCK_DEVICE ->
          a.status().rdevMajor() == b.status().rdevMajor()
              && a.status().rdevMinor() == b.status().rdevMinor();
      case DIRECTORY, FIFO, SOCKET -> true;
    };
  }

  private boolean sameBytes(EtcEntry a, EtcEntry b) throws IOException {
    long size = a.status().size();
    if (size != b.status().size()) {
      return false;
    }
    try (FileHandle left = a.parent().openFile(a.name());
        FileHandle right = b.parent().openFile(b.name())) {
      for (long position = 0; position < size; position += ours.limit()) {
        int length = (int) Math.min(BUFFER, size - position);
        left.readFully(ours.clear().limit(length), position);
        right.readFully(theirs.clear().limit(length), position);
        if (!ours.flip().equals(theirs.flip())) {
          return false;
        }
      }
      return true;
    }
  }

  private boolean sameChildren(EtcEntry a, EtcEntry b) throws IOException {
    try (Dir left = a.open();
        Dir right = b.open()) {
      List<DirEntry> names = left.list();
      if (!names.stream()
          .map(DirEntry::name)
          .toList()
          .equals(right.list().stream().map(DirEntry::name).toList())) {
        return false;
      }
      for (DirEntry entry : names) {
        Optional<EtcEntry> child = EtcEntry.find(left, entry.name());
        Optional<EtcEntry> twin = EtcEntry.find(right, entry.name());
        if (child.isEmpty() || twin.isEmpty() || !sameTree(child.get(), twin.get())) {
          return false;
        }
      }
      return true;
    }
  }
}

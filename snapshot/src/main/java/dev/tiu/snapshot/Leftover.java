package dev.tiu.snapshot;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.verity.ByteRange;
import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a run that was cut short left of a file that is to be written.
 *
 * <p>Which pieces were written shows in the file's holes. What was written need not have come to
 * the disk, after a power cut, nor need the file be that run's at all: once completed, its digest
 * must be the image's.
 *
 * @param pieces those that are there
 * @param complete all of it is there, and right
 */
record Leftover(BitSet pieces, boolean complete) {
  /** Nothing of use. */
  static final Leftover NONE = new Leftover(new BitSet(), false);

  private static final Leftover ALL = new Leftover(new BitSet(), true);

  Leftover {
    pieces = (BitSet) pieces.clone();
  }

  /**
   * What is left of a file with this content at that place.
   *
   * @param names how many the file is to have: if that run came so far as to link it, it is whole
   */
  static Leftover find(
      Dir parent, BytePath name, long size, int names, Content content, Judge judge)
      throws IOException {
    Optional<FileStatus> present = parent.find(name);
    if (present.filter(status -> mayBe(size, names, status)).isEmpty()) {
      return NONE;
    }
    try (FileHandle file = parent.openFile(name)) {
      BitSet written = written(file, content);
      int wanted = 0;
      for (int i = 0; i < content.pieces(); i++) {
        wanted += content.isHole(i) ? 0 : 1;
      }
      if (written.cardinality() < wanted) {
        // What has other names isn't written to.
        return present.get().linkCount() == 1 ? new Leftover(written, false) : NONE;
      }
      return judge.isRight(file) ? ALL : NONE;
    }
  }

  /** Says whether a whole file's content is the image's. */
  @FunctionalInterface
  interface Judge {
    boolean isRight(FileHandle file) throws IOException;
  }

  private static boolean mayBe(long size, int names, FileStatus present) {
    return present.type() == FileType.REGULAR
        && present.size() == size
        && present.linkCount() <= names;
  }

  /** The pieces that have data from their first byte to their last. */
  private static BitSet written(FileHandle file, Content content) throws IOException {
    BitSet written = new BitSet(content.pieces());
    long dataStart = 0;
    long dataEnd = 0;
    for (int i = 0; i < content.pieces(); i++) {
      ByteRange place = content.place(i);
      if (content.isHole(i)) {
        continue;
      }
      if (place.end() > dataEnd) {
        OptionalLong next = file.nextData(Math.max(place.offset(), dataEnd));
        if (next.isEmpty()) {
          break;
        }
        boolean goesOn = next.getAsLong() == dataEnd && dataEnd > place.offset();
        dataStart = goesOn ? dataStart : next.getAsLong();
        dataEnd = file.nextHole(next.getAsLong());
      }
      if (dataStart <= place.offset() && place.end() <= dataEnd) {
        written.set(i);
      }
    }
    return written;
  }

  boolean isEmpty() {
    return pieces.isEmpty();
  }

  boolean has(int piece) {
    return pieces.get(piece);
  }
}

package dev.tiu.etcmerge;

import dev.tiu.etcmerge.MergeEntry.Outcome;
import dev.tiu.etcmerge.text.FstabMerge;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileMetadata;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;

/** Sees to it that fstab has the device's own entries, whoever's the rest of it is. */
final class OwnMounts {
  private static final BytePath FSTAB = BytePath.of("fstab");
  private static final int LARGEST = 1 << 20;

  private OwnMounts() {}

  /** Whether that path is the one that has such entries, on a device that has some. */
  static boolean areIn(BytePath path, SortedMap<String, FstabMerge.Own> mounts) {
    return path.equals(FSTAB) && !mounts.isEmpty();
  }

  /** Completes the live file, or makes one; what isn't a file is left alone. */
  static void complete(Dir result, MergeWork work) throws IOException {
    if (complete(result, FSTAB, work.settings().mounts())) {
      work.add(MergeEntry.of(FSTAB, Outcome.COMPLETED));
    }
  }

  /**
   * The same with a version that lies elsewhere.
   *
   * @return whether anything was missing
   */
  static boolean complete(Dir dir, BytePath version, SortedMap<String, FstabMerge.Own> mounts)
      throws IOException {
    if (mounts.isEmpty()) {
      return false;
    }
    Optional<FileStatus> status = dir.find(version);
    if (status.filter(s -> s.type() != FileType.REGULAR || s.size() > LARGEST).isPresent()) {
      return false;
    }
    byte[] present = status.isPresent() ? dir.readAll(version, LARGEST) : new byte[0];
    byte[] completed = completed(present, mounts);
    if (Arrays.equals(completed, present)) {
      return false;
    }
    if (status.isPresent()) {
      FileMetadata metadata = FileMetadata.of(dir, version, status.get());
      dir.writeNew(version, completed, 0600);
      metadata.applyTo(dir, version);
    } else {
      dir.writeNew(version, completed, 0644);
    }
    return true;
  }

  /** A content with them; the same if it is no text. */
  static byte[] completed(byte[] present, SortedMap<String, FstabMerge.Own> mounts) {
    return FstabMerge.merge(present, present, present, mounts)
        .map(FstabMerge.Result::content)
        .orElse(present);
  }
}

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

/** Sees to it that fstab has the device's own entries, whoever's the rest of it is. */
final class OwnMounts {
  private static final BytePath FSTAB = BytePath.of("fstab");
  private static final int LARGEST = 1 << 20;

  private OwnMounts() {}

  /** Completes a file that is there, or makes one; what isn't a file is left alone. */
  static void complete(Dir result, MergeWork work) throws IOException {
    if (work.settings().mounts().isEmpty()) {
      return;
    }
    Optional<FileStatus> status = result.find(FSTAB);
    if (status.filter(s -> s.type() != FileType.REGULAR || s.size() > LARGEST).isPresent()) {
      return;
    }
    byte[] present = status.isPresent() ? result.readAll(FSTAB, LARGEST) : new byte[0];
    Optional<FstabMerge.Result> completed =
        FstabMerge.merge(present, present, present, work.settings().mounts());
    if (completed.isEmpty() || Arrays.equals(completed.get().content(), present)) {
      return;
    }
    if (status.isPresent()) {
      FileMetadata metadata = FileMetadata.of(result, FSTAB, status.get());
      result.writeNew(FSTAB, completed.get().content(), 0600);
      metadata.applyTo(result, FSTAB);
    } else {
      result.writeNew(FSTAB, completed.get().content(), 0644);
    }
    work.add(MergeEntry.of(FSTAB, Outcome.COMPLETED));
  }
}

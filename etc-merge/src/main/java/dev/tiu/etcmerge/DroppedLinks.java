package dev.tiu.etcmerge;

import dev.tiu.etcmerge.MergeEntry.Outcome;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.util.Optional;

/**
 * Brings back links that the image dropped together with what they lead to, where that stays
 * because it was changed here: without its link nobody might read it any more. {@code
 * sysctl.d/99-sysctl.conf}, which leads to {@code sysctl.conf}, is one.
 */
final class DroppedLinks {
  private final MergeWork work;
  private final Dir base;
  private final Dir result;

  DroppedLinks(MergeWork work, Dir base, Dir result) {
    this.work = work;
    this.base = base;
    this.result = result;
  }

  /** Comes after the merge, when it is known what stays. */
  void bringBack() throws IOException {
    for (MergeEntry entry : work.entries()) {
      if (entry.outcome() == Outcome.REMOVED && leadsToWhatStays(entry.path())) {
        TreeCopy.copy(base, entry.path(), result, entry.path());
        work.replace(entry, MergeEntry.of(entry.path(), Outcome.KEPT_LINK));
      }
    }
  }

  /** Where its directory went too, nobody looks for links in it. */
  private boolean leadsToWhatStays(BytePath path) throws IOException {
    Optional<FileStatus> link = base.find(path).filter(s -> s.type() == FileType.SYMLINK);
    if (link.isEmpty() || result.find(path.parent()).isEmpty()) {
      return false;
    }
    Optional<BytePath> target = LinkTargets.inEtc(path.parent(), base.readLink(path));
    return target.isPresent() && work.has(target.get(), Outcome.KEPT_THOUGH_DROPPED);
  }
}

package dev.tiu.etcmerge;

import dev.tiu.etcmerge.MergeEntry.Outcome;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileType;
import java.io.IOException;

/** Merges what can only be one side's: what came, went, or became something of another type. */
final class WholeMerge {
  private final MergeWork work;

  WholeMerge(MergeWork work) {
    this.work = work;
  }

  void merge(Versions versions) throws IOException {
    switch (Verdict.of(versions, work.comparison()::sameTree)) {
      case KEEP -> {}
      case TAKE -> take(versions);
      case CONFLICT -> {
        if (!LinkCheck.isOnlyRespelled(versions)) {
          conflict(versions);
        }
      }
    }
  }

  /** The image's version goes live, whatever the device has; that is put beside, if it's edited. */
  void overrule(Versions versions) throws IOException {
    boolean same = Verdict.same(versions.local(), versions.image(), work.comparison()::sameTree);
    if (same) {
      return;
    }
    boolean edited = !Verdict.same(versions.base(), versions.local(), work.comparison()::sameTree);
    if (edited && versions.local().isPresent()) {
      setAside(versions, Outcome.OVERRULED);
    } else {
      take(versions);
    }
  }

  /** What the device has can't be changed: it stays, whether or not it was edited. */
  void keep(Versions versions, String why) throws IOException {
    if (Verdict.of(versions, work.comparison()::sameTree) == Verdict.KEEP) {
      return;
    }
    if (versions.image().isPresent()) {
      MergeEntry entry = MergeEntry.of(versions.path(), Outcome.KEPT_LOCAL);
      work.add(entry.withBeside(work.putBeside(versions)).withDetail(why));
    } else {
      work.add(MergeEntry.of(versions.path(), Outcome.KEPT_THOUGH_DROPPED).withDetail(why));
    }
  }

  /** Nobody changed it here: the image's version goes live. */
  private void take(Versions versions) throws IOException {
    boolean present = versions.local().isPresent();
    if (present) {
      versions.level().result().removeTree(versions.name());
    }
    if (versions.image().isPresent()) {
      copy(versions);
      work.add(versions, present ? Outcome.UPDATED : Outcome.ADDED);
    } else {
      work.add(versions, Outcome.REMOVED);
    }
  }

  private void copy(Versions versions) throws IOException {
    work.copyImage(versions);
    if (versions.image().orElseThrow().isDirectory()) {
      try (Dir dir = versions.level().result().openDir(versions.name())) {
        removeWhatIsNeverTaken(dir, versions.path());
      }
    }
  }

  private void removeWhatIsNeverTaken(Dir dir, BytePath path) throws IOException {
    for (DirEntry entry : dir.list()) {
      BytePath child = path.resolve(entry.name());
      if (work.settings().policies().of(child).neverFromImage()) {
        dir.removeTree(entry.name());
      } else if (entry.type() == FileType.DIRECTORY) {
        try (Dir below = dir.openDir(entry.name())) {
          removeWhatIsNeverTaken(below, child);
        }
      }
    }
  }

  private void conflict(Versions versions) throws IOException {
    if (versions.image().isEmpty()) {
      work.add(versions, Outcome.KEPT_THOUGH_DROPPED);
    } else if (isInTheWay(versions) && work.settings().later().isEmpty()) {
      setAside(versions, Outcome.MADE_WAY);
    } else if (LinkCheck.isChoice(versions)) {
      work.add(versions, Outcome.KEPT_CHOICE);
    } else {
      boolean present = versions.local().isPresent();
      Outcome outcome = present ? Outcome.KEPT_LOCAL : Outcome.KEPT_REMOVED;
      work.add(MergeEntry.of(versions.path(), outcome).withBeside(work.putBeside(versions)));
    }
  }

  /**
   * A file where the image now has a directory, in which programs look for several. A link is
   * something else: that was meant.
   */
  private static boolean isInTheWay(Versions versions) {
    return versions.image().filter(EtcEntry::isDirectory).isPresent()
        && versions.local().filter(l -> l.status().type() == FileType.REGULAR).isPresent()
        && versions.base().filter(EtcEntry::isDirectory).isEmpty();
  }

  private void setAside(Versions versions, Outcome outcome) throws IOException {
    BytePath beside = work.setAside(versions);
    if (versions.image().isPresent()) {
      copy(versions);
    }
    work.add(MergeEntry.of(versions.path(), outcome).withBeside(beside));
  }
}

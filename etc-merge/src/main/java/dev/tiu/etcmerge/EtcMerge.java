package dev.tiu.etcmerge;

import dev.tiu.etcmerge.MergeEntry.Outcome;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileMetadata;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Merges /etc file by file.
 *
 * <p>What only the image changed is taken from it; what only the admin changed stays. Content,
 * owner, mode and each xattr count on their own, as long as the type of a file stays; else the path
 * counts as a whole. A time never says that something changed, but goes with what is taken. Where
 * both changed the content, the admin's stays live and the image's is put beside it as {@code
 * NAME.tiu-new}; where both changed the owner or mode, the admin's stays.
 *
 * <p>The result starts as a copy of the device's tree, so that what only the admin has is never
 * even looked at. Every access is by handle and name, and follows no link. A name never shares an
 * inode that changes: its other hard links stay as they are.
 */
public final class EtcMerge {
  private final TreeComparison comparison = new TreeComparison();
  private final List<MergeEntry> entries = new ArrayList<>();
  private final Beside beside = new Beside(comparison);

  /** Where the image may differ from the base; elsewhere nobody needs to look. */
  private final Predicate<BytePath> touched;

  /** Of what is taken as a whole, so that the image's hard links are links again. */
  private final TreeCopy taken;

  /** Contents that come from elsewhere. */
  private final DecidedContents decided;

  private EtcMerge(Dir result, Predicate<BytePath> touched, DecidedContents decided) {
    this.taken = new TreeCopy(result);
    this.touched = touched;
    this.decided = decided;
  }

  /**
   * Brings into {@code result} what the image changed.
   *
   * @param base /etc as the running image shipped it
   * @param image /etc as the new image ships it
   * @param result a copy of /etc as it is on the device, changed in place; after a failure it is
   *     neither the one nor the other, and must be copied anew
   */
  public static MergeReport merge(Dir base, Dir image, Dir result) throws IOException {
    return merge(base, image, result, path -> true);
  }

  /**
   * The same, where it is known what the image changed.
   *
   * @param touched false for paths at and below which the image has just what the base has
   */
  public static MergeReport merge(Dir base, Dir image, Dir result, Predicate<BytePath> touched)
      throws IOException {
    return merge(base, image, result, touched, Map.of());
  }

  /**
   * The same, where some files' contents are decided already: the accounts', which belong together.
   *
   * @param decided contents by path; owner, mode and xattrs are merged as everywhere, and a file
   *     that isn't there gets the image's
   */
  public static MergeReport merge(
      Dir base, Dir image, Dir result, Predicate<BytePath> touched, Map<BytePath, byte[]> decided)
      throws IOException {
    EtcMerge merge = new EtcMerge(result, touched, new DecidedContents(decided));
    Level top = new Level(BytePath.ROOT, Optional.of(base), Optional.of(image), result);
    // As they are before anything in them is changed, which moves the result's time.
    Versions root =
        new Versions(
            top,
            BytePath.ROOT,
            Optional.of(EtcEntry.of(base)),
            Optional.of(EtcEntry.of(result)),
            Optional.of(EtcEntry.of(image)));
    merge.directory(top);
    merge.byPart(root);
    return new MergeReport(merge.entries);
  }

  private void directory(Level level) throws IOException {
    NavigableSet<BytePath> names = level.names();
    names.addAll(decided.namesIn(level.path()));
    for (BytePath name : names) {
      if (!touched.test(level.path().resolve(name)) && !decided.has(level.path().resolve(name))) {
        continue;
      }
      Versions versions = level.versions(name);
      if (decided.has(versions.path())) {
        entries.addAll(decided.merge(versions));
      } else if (versions.mergeInside()) {
        inside(versions);
      } else if (versions.mergeByPart()) {
        byPart(versions);
      } else {
        whole(versions);
      }
    }
  }

  private void inside(Versions versions) throws IOException {
    try (Handles handles = new Handles();
        Dir result = versions.local().orElseThrow().open()) {
      directory(
          new Level(
              versions.path(),
              handles.open(versions.base()),
              handles.open(versions.image()),
              result));
    }
    if (versions.image().isPresent()) {
      byPart(versions);
    } else {
      dropDirectory(versions);
    }
  }

  /** The image has the directory no more: it goes if nothing of the admin's is in it or on it. */
  private void dropDirectory(Versions versions) throws IOException {
    FileMetadata before = versions.base().orElseThrow().metadata();
    if (before.equals(versions.local().orElseThrow().metadata()) && isEmpty(versions)) {
      versions.level().result().removeDir(versions.name());
      add(versions, Outcome.REMOVED);
    } else {
      add(versions, Outcome.KEPT_THOUGH_DROPPED);
    }
  }

  private static boolean isEmpty(Versions versions) throws IOException {
    try (Dir dir = versions.level().result().openDir(versions.name())) {
      return dir.list().isEmpty();
    }
  }

  private void byPart(Versions versions) throws IOException {
    Verdict content = Verdict.of(versions, comparison::sameContent);
    MetadataMerge metadata = MetadataMerge.of(versions);
    if (content == Verdict.TAKE) {
      replace(versions, metadata.merged());
      add(versions, Outcome.UPDATED);
    } else if (metadata.changesLocal()) {
      changeMetadata(versions, metadata.merged());
      add(versions, Outcome.UPDATED_METADATA);
    }
    if (content == Verdict.CONFLICT) {
      addWithBeside(versions, Outcome.KEPT_LOCAL);
    } else if (metadata.isConflict()) {
      add(versions, Outcome.KEPT_LOCAL_METADATA);
    }
    if (content != Verdict.CONFLICT) {
      settleTime(versions);
    }
  }

  /**
   * The image's modification time, where the device has the old image's: what nobody changed here
   * is to be just as the image ships it. What the merge did in a directory has moved its time.
   */
  private static void settleTime(Versions versions) throws IOException {
    EtcEntry local = versions.local().orElseThrow();
    EtcEntry image = versions.image().orElseThrow();
    boolean isOld = versions.base().filter(local::hasTimeOf).isPresent();
    boolean moved = local.isDirectory() || !local.hasTimeOf(image);
    if (isOld && moved && local.hasOtherNames() == image.hasOtherNames()) {
      FileStatus status = image.status();
      versions
          .level()
          .result()
          .setModificationTime(versions.name(), status.mtimeSeconds(), status.mtimeNanos());
    }
  }

  private void changeMetadata(Versions versions, FileMetadata merged) throws IOException {
    EtcEntry local = versions.local().orElseThrow();
    EtcEntry image = versions.image().orElseThrow();
    boolean shared = local.hasOtherNames() || image.hasOtherNames();
    if (shared && comparison.sameContent(local, image)) {
      replace(versions, merged);
      return;
    }
    if (local.hasOtherNames()) {
      separate(versions);
    }
    merged.applyTo(versions.level().result(), versions.name());
  }

  /** The image's content, in a new inode: other names of the old one keep it. */
  private void replace(Versions versions, FileMetadata merged) throws IOException {
    EtcEntry image = versions.image().orElseThrow();
    Dir result = versions.level().result();
    result.unlink(versions.name());
    if (merged.equals(image.metadata())) {
      taken.copyInto(image.parent(), image.name(), result, versions.path());
    } else {
      TreeCopy.copy(image.parent(), image.name(), result, versions.name());
      merged.applyTo(result, versions.name());
    }
  }

  /** Gives a name that shares its inode one of its own. */
  private static void separate(Versions versions) throws IOException {
    Dir result = versions.level().result();
    int attempt = 1;
    while (result.find(BesideName.of(versions.name(), attempt)).isPresent()) {
      attempt++;
    }
    BytePath copy = BesideName.of(versions.name(), attempt);
    TreeCopy.copy(result, versions.name(), result, copy);
    result.rename(copy, versions.name());
  }

  private void whole(Versions versions) throws IOException {
    switch (Verdict.of(versions, comparison::sameTree)) {
      case KEEP -> {}
      case TAKE -> take(versions);
      case CONFLICT -> conflict(versions);
    }
  }

  /** Nobody changed it here: the image's version goes live. */
  private void take(Versions versions) throws IOException {
    Dir result = versions.level().result();
    boolean present = versions.local().isPresent();
    if (present) {
      result.removeTree(versions.name());
    }
    if (versions.image().isPresent()) {
      EtcEntry image = versions.image().get();
      taken.copyInto(image.parent(), image.name(), result, versions.path());
      add(versions, present ? Outcome.UPDATED : Outcome.ADDED);
    } else {
      add(versions, Outcome.REMOVED);
    }
  }

  private void conflict(Versions versions) throws IOException {
    if (versions.image().isEmpty()) {
      add(versions, Outcome.KEPT_THOUGH_DROPPED);
    } else {
      boolean present = versions.local().isPresent();
      addWithBeside(versions, present ? Outcome.KEPT_LOCAL : Outcome.KEPT_REMOVED);
    }
  }

  private void add(Versions versions, Outcome outcome) {
    entries.add(new MergeEntry(versions.path(), outcome, Optional.empty()));
  }

  private void addWithBeside(Versions versions, Outcome outcome) throws IOException {
    BytePath path = versions.level().path().resolve(beside.keep(versions));
    entries.add(new MergeEntry(versions.path(), outcome, Optional.of(path)));
  }
}

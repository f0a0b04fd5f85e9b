package dev.tiu.etcmerge;

import dev.tiu.etcmerge.MergeEntry.Outcome;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileMetadata;
import java.io.IOException;
import java.util.NavigableSet;
import java.util.Optional;

/**
 * Merges /etc file by file, and files line by line.
 *
 * <p>What only the image changed is taken from it; what only the admin changed stays. Content,
 * owner, mode and each xattr count on their own, as long as the type of a file stays; else the path
 * counts as a whole. A time never says that something changed, but goes with what is taken. Where
 * both changed the content in places that touch, the admin's stays live and the image's is put
 * beside it as {@code NAME.tiu-new}. A {@link Policy} may say otherwise.
 *
 * <p>The result starts as a copy of the device's tree. Every access is by handle and name, and
 * follows no link.
 */
public final class EtcMerge {
  private final MergeWork work;
  private final PartMerge parts;
  private final WholeMerge wholes;
  private final DecidedContents decided;

  private EtcMerge(MergeWork work) {
    this.work = work;
    this.decided = new DecidedContents(work.settings().decided());
    this.parts = new PartMerge(work);
    this.wholes = new WholeMerge(work);
  }

  /**
   * Brings into {@code result} what the image changed.
   *
   * @param base /etc as the running image shipped it
   * @param image /etc as the new image ships it
   * @param result a copy of /etc as it is on the device, changed in place; after a failure it is
   *     neither the one nor the other, and must be copied anew
   */
  public static MergeReport merge(Dir base, Dir image, Dir result, MergeSettings settings)
      throws IOException {
    MergeWork work = new MergeWork(settings, result);
    EtcMerge merge = new EtcMerge(work);
    Level top = new Level(BytePath.ROOT, Optional.of(base), Optional.of(image), result);
    // As they are before anything in them is changed, which moves the result's time.
    Versions root =
        new Versions(
            top,
            BytePath.ROOT,
            Optional.of(EtcEntry.of(base)),
            Optional.of(EtcEntry.of(result)),
            Optional.of(EtcEntry.of(image)));
    DeviceOwn own = new DeviceOwn(work, base, image, result);
    own.leaveOut();
    merge.directory(top);
    new DroppedLinks(work, base, result).bringBack();
    OwnMounts.complete(result, work);
    own.checkLinks();
    merge.parts.merge(root);
    return work.report();
  }

  /** Only gives fstab the device's own entries: for an /etc that is just as its image ships it. */
  public static MergeReport completeMounts(Dir etc, MergeSettings settings) throws IOException {
    MergeWork work = new MergeWork(settings, etc);
    OwnMounts.complete(etc, work);
    return work.report();
  }

  private void directory(Level level) throws IOException {
    NavigableSet<BytePath> names = level.names();
    names.addAll(decided.namesIn(level.path()));
    for (BytePath name : names) {
      BytePath path = level.path().resolve(name);
      if (decided.has(path)) {
        decided.merge(level.versions(name)).forEach(work::add);
      } else if (level.image().isEmpty() || work.settings().concerns(path)) {
        byPolicy(level.versions(name));
      }
    }
  }

  private void byPolicy(Versions versions) throws IOException {
    if (versions.local().filter(local -> local.status().immutable()).isPresent()) {
      wholes.keep(versions, "immutable");
      return;
    }
    switch (work.settings().policies().of(versions.path())) {
      case LOCAL, CARRY -> {}
      case IMAGE -> {
        if (versions.mergeInside()) {
          inside(versions);
        } else {
          wholes.overrule(versions);
        }
      }
      case PINNED -> pinned(versions);
      case MERGE, REGENERATE -> byType(versions);
    }
  }

  private void byType(Versions versions) throws IOException {
    if (versions.mergeInside()) {
      inside(versions);
    } else if (LinkCheck.isOfEnablements(versions.path()) && versions.isRemovedDirectory()) {
      insideRemoved(versions);
    } else if (versions.mergeByPart()) {
      parts.merge(versions);
    } else {
      wholes.merge(versions);
    }
  }

  /** What the device has stays, and what it doesn't have comes as usual. */
  private void pinned(Versions versions) throws IOException {
    if (versions.local().isEmpty()) {
      wholes.merge(versions);
    } else if (Verdict.of(versions, work.comparison()::sameTree) != Verdict.KEEP) {
      work.add(versions, Outcome.PINNED);
    }
  }

  private void inside(Versions versions) throws IOException {
    names(versions);
    if (versions.image().isPresent()) {
      parts.merge(versions);
    } else {
      dropDirectory(versions);
    }
  }

  /**
   * systemctl removes a directory of links with the last one, and makes it for the first: that it
   * isn't there says that nothing in it is, and no more.
   */
  private void insideRemoved(Versions versions) throws IOException {
    Dir result = versions.level().result();
    result.makeDir(versions.name(), 0700);
    names(versions.level().versions(versions.name()));
    if (isEmpty(versions)) {
      result.removeDir(versions.name());
    } else {
      versions.image().orElseThrow().metadata().applyTo(result, versions.name());
      work.add(versions, Outcome.ADDED);
    }
  }

  private void names(Versions versions) throws IOException {
    try (Handles handles = new Handles();
        Dir result = versions.local().orElseThrow().open()) {
      directory(
          new Level(
              versions.path(),
              handles.open(versions.base()),
              handles.open(versions.image()),
              result));
    }
  }

  /** The image has the directory no more: it goes if nothing of the admin's is in it or on it. */
  private void dropDirectory(Versions versions) throws IOException {
    FileMetadata before = versions.base().orElseThrow().metadata().withoutLabel();
    FileMetadata local = versions.local().orElseThrow().metadata().withoutLabel();
    boolean asShipped = before.equals(local);
    if (asShipped && isEmpty(versions)) {
      versions.level().result().removeDir(versions.name());
      work.add(versions, Outcome.REMOVED);
    } else if (!asShipped || !work.hasBelow(versions.path(), Outcome.KEPT_THOUGH_DROPPED)) {
      work.add(versions, Outcome.KEPT_THOUGH_DROPPED);
    }
  }

  private static boolean isEmpty(Versions versions) throws IOException {
    try (Dir dir = versions.level().result().openDir(versions.name())) {
      return dir.list().isEmpty();
    }
  }
}

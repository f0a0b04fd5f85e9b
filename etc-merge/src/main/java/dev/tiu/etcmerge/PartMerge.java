package dev.tiu.etcmerge;

import dev.tiu.etcmerge.MergeEntry.Outcome;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileMetadata;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.util.Optional;

/**
 * Merges what is of one type on both sides: content on its own, owner, mode and each xattr on their
 * own.
 *
 * <p>A name never shares an inode that changes: its other hard links stay as they are.
 */
final class PartMerge {
  private final MergeWork work;
  private final ContentMerge contents;

  PartMerge(MergeWork work) {
    this.work = work;
    this.contents = new ContentMerge(work.settings());
  }

  void merge(Versions versions) throws IOException {
    MetadataMerge metadata = MetadataMerge.of(versions);
    boolean metadataCounts = true;
    Verdict content = Verdict.of(versions, work.comparison()::sameContent);
    switch (content) {
      case KEEP -> changeMetadata(versions, metadata);
      case TAKE -> {
        replace(versions, metadata.merged());
        work.add(versions, Outcome.UPDATED);
      }
      case CONFLICT -> metadataCounts = conflict(versions, metadata);
    }
    if (metadata.isStricter()) {
      work.add(versions, Outcome.STRICTER_MODE);
    }
    if (metadata.isConflict() && metadataCounts) {
      work.add(versions, Outcome.KEPT_LOCAL_METADATA);
    }
    if (content != Verdict.CONFLICT) {
      settleTime(versions);
    }
  }

  /** Says whether the metadata is a matter of its own; beside a kept content it goes without. */
  private boolean conflict(Versions versions, MetadataMerge metadata) throws IOException {
    Optional<ContentMerge.Merged> merged = contents.merge(versions);
    if (merged.isPresent()) {
      writeIfOther(versions, merged.get().content(), metadata);
      if (merged.get().problem().isPresent()) {
        MergeEntry entry = MergeEntry.of(versions.path(), Outcome.KEPT_LOCAL);
        work.add(
            entry.withBeside(work.putBeside(versions)).withDetail(merged.get().problem().get()));
      }
      return true;
    }
    changeMetadata(versions, metadata);
    if (LinkCheck.isOnlyRespelled(versions)) {
      return true;
    }
    if (LinkCheck.isChoice(versions)) {
      work.add(versions, Outcome.KEPT_CHOICE);
    } else {
      work.add(
          MergeEntry.of(versions.path(), Outcome.KEPT_LOCAL).withBeside(work.putBeside(versions)));
    }
    return false;
  }

  /** Writes a content that belongs to neither side, in a new inode. */
  private void writeIfOther(Versions versions, byte[] content, MetadataMerge metadata)
      throws IOException {
    EtcEntry local = versions.local().orElseThrow();
    if (local.hasContent(content)) {
      changeMetadata(versions, metadata);
      return;
    }
    Dir result = versions.level().result();
    result.writeNew(versions.name(), content, 0600);
    metadata.merged().applyTo(result, versions.name());
    work.add(versions, Outcome.MERGED);
  }

  private void changeMetadata(Versions versions, MetadataMerge metadata) throws IOException {
    if (!metadata.changesLocal()) {
      return;
    }
    EtcEntry local = versions.local().orElseThrow();
    EtcEntry image = versions.image().orElseThrow();
    boolean shared = local.hasOtherNames() || image.hasOtherNames();
    if (shared && work.comparison().sameContent(local, image)) {
      replace(versions, metadata.merged());
    } else {
      if (local.hasOtherNames()) {
        separate(versions);
      }
      metadata.merged().applyTo(versions.level().result(), versions.name());
    }
    if (!metadata.isStricter()) {
      work.add(versions, Outcome.UPDATED_METADATA);
    }
  }

  /** The image's content, in a new inode: other names of the old one keep it. */
  private void replace(Versions versions, FileMetadata merged) throws IOException {
    EtcEntry image = versions.image().orElseThrow();
    Dir result = versions.level().result();
    result.unlink(versions.name());
    if (merged.equals(image.metadata())) {
      work.copyImage(versions);
    } else {
      TreeCopy.copy(image.parent(), image.name(), result, versions.name());
      merged.applyTo(result, versions.name());
    }
  }

  /** Gives a name that shares its inode one of its own. */
  private static void separate(Versions versions) throws IOException {
    Dir result = versions.level().result();
    BytePath copy = BesideName.free(result, versions.name(), BesideName.NEW);
    TreeCopy.copy(result, versions.name(), result, copy);
    result.rename(copy, versions.name());
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
      versions.takeImageTime();
    }
  }
}

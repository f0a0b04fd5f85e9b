package dev.tiu.snapshot;

import dev.tiu.bundle.ContentDigest;
import dev.tiu.bundle.delta.Patch;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import java.util.Map;
import java.util.Optional;

/**
 * One thing to do to a tree. Each makes its path right whatever is there before, so that a plan
 * that was cut short can be carried out again from its beginning.
 */
public sealed interface Step {
  /** Where, relative to the tree. */
  BytePath path();

  /** Takes away whatever is there, with all below it. */
  record Remove(BytePath path) implements Step {}

  /** Makes a directory; what else stands there goes. Metadata follows when it is filled. */
  record MakeDirectory(BytePath path) implements Step {}

  /** Writes a file from the image's data, with its metadata. */
  record WriteFile(BytePath path, Inode.RegularFile inode) implements Step {}

  /**
   * Makes a file of old ones and a patch, with its metadata.
   *
   * @param oldFiles where the base has the contents that the patch starts from
   */
  record PatchFile(
      BytePath path, Inode.RegularFile inode, Patch patch, Map<ContentDigest, OldFile> oldFiles)
      implements Step {
    public PatchFile {
      oldFiles = Map.copyOf(oldFiles);
    }
  }

  /** Where a file lies whose data another one shares. */
  enum Origin {
    /** In the tree that the plan starts from. */
    BASE,
    /** In the tree that is made, among the files that the plan writes. */
    TARGET
  }

  /** Makes a file that shares the data of another, with the image's metadata. */
  record CloneFile(BytePath path, Inode.RegularFile inode, BytePath source, Origin origin)
      implements Step {}

  /** Makes a second name of a file that is already right. */
  record LinkFile(BytePath path, BytePath existing) implements Step {}

  /** Makes a symbolic link, device node, FIFO or socket, with its metadata. */
  record MakeSpecial(BytePath path, Inode inode) implements Step {}

  /**
   * Sets owner, mode, xattrs and modification time.
   *
   * @param known what is there now but for the time, so that what is the same need not be set;
   *     empty for what is made anew or isn't what the base's record says
   */
  record SetMetadata(BytePath path, Inode inode, Optional<Inode> known) implements Step {}
}

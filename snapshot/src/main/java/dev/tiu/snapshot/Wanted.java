package dev.tiu.snapshot;

import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;

/** A file whose content is to be written. */
record Wanted(
    Site site, BytePath path, Inode.RegularFile inode, Content content, Output.Check check) {
  /** The work on it, where that is left of it. */
  Output output(Leftover leftover) {
    return new Output(this, leftover);
  }
}

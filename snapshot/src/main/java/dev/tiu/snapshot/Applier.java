package dev.tiu.snapshot;

import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Carries out a plan on a tree.
 *
 * <p>Every call goes through a handle below the tree's root and follows no link, so that nothing in
 * the tree can lead a write out of it. Nothing is atomic here and nothing has to be: the tree is in
 * a snapshot that nobody uses before it is sealed, and a plan may be carried out again from its
 * beginning.
 */
public final class Applier {
  private final SquashfsImage image;
  private final ImageTree target;
  private final int threads;
  private final LongConsumer progress;

  /**
   * @param image where file data comes from
   * @param target the part of the image that plans are for
   * @param progress is told of each piece of content done, in bytes, from several threads
   */
  public Applier(SquashfsImage image, ImageTree target, int threads, LongConsumer progress) {
    this.image = image;
    this.target = target;
    this.threads = threads;
    this.progress = progress;
  }

  /**
   * Makes {@code tree} what the plan's target says.
   *
   * @param base where files whose data is shared lie; the tree's own base
   */
  public void apply(Plan plan, Dir tree, Optional<Dir> base, Existing existing) throws IOException {
    try (Parents parents = new Parents(tree)) {
      for (Step.MakeDirectory step : plan.directories()) {
        makeDirectory(parents, step.path());
      }
    }
    try (Parents parents = new Parents(tree)) {
      for (Step.Remove step : plan.removals()) {
        clear(parents.of(step.path()), step.path().name());
      }
    }
    new FileWriter(image, target, existing, progress).write(plan.writes(), tree, threads);
    try (Parents parents = new Parents(tree)) {
      for (Step.CloneFile step : plan.clones()) {
        cloneFile(parents, step, base.orElseThrow());
      }
      for (Step.LinkFile step : plan.links()) {
        link(tree, parents, step);
      }
      for (Step.MakeSpecial step : plan.specials()) {
        makeSpecial(parents, step);
      }
      for (Step.SetMetadata step : plan.metadata()) {
        setMetadata(parents, step);
      }
      for (Step.SetMetadata step : plan.directoryMetadata()) {
        setMetadata(parents, step);
      }
    }
  }

  private void setMetadata(Parents parents, Step.SetMetadata step) throws IOException {
    Inode inode = step.inode();
    Metadata.set(parents.of(step.path()), step.path().name(), inode, ImageTree.xattrs(inode));
  }

  private static void makeDirectory(Parents parents, BytePath path) throws IOException {
    if (path.isRoot()) {
      return;
    }
    Dir parent = parents.of(path);
    Optional<FileStatus> present = parent.find(path.name());
    if (present.filter(Applier::isUsableDirectory).isPresent()) {
      return;
    }
    clear(parent, path.name());
    parent.makeDir(path.name(), 0700);
  }

  private static boolean isUsableDirectory(FileStatus status) {
    return status.type() == FileType.DIRECTORY && status.inode() != Layout.PLACEHOLDER_INODE;
  }

  private void cloneFile(Parents parents, Step.CloneFile step, Dir base) throws IOException {
    Dir parent = parents.of(step.path());
    clear(parent, step.path().name());
    try (FileHandle source = base.openFile(step.source());
        FileHandle file = parent.createFile(step.path().name(), step.inode().mode())) {
      file.cloneFrom(source);
      Metadata.setOnNew(file, step.inode(), ImageTree.xattrs(step.inode()));
    }
  }

  private static void link(Dir tree, Parents parents, Step.LinkFile step) throws IOException {
    Dir parent = parents.of(step.path());
    Optional<FileStatus> present = parent.find(step.path().name());
    if (present.isPresent()) {
      if (present.get().inode() == tree.status(step.existing()).inode()) {
        return;
      }
      parent.removeTree(step.path().name());
    }
    tree.link(step.existing(), step.path());
  }

  private void makeSpecial(Parents parents, Step.MakeSpecial step) throws IOException {
    Dir parent = parents.of(step.path());
    BytePath name = step.path().name();
    clear(parent, name);
    Inode inode = step.inode();
    if (inode instanceof Inode.Symlink link) {
      parent.makeSymlink(link.target(), name);
    } else if (inode instanceof Inode.Device device) {
      parent.makeNode(name, device.type(), device.mode(), device.major(), device.minor());
    } else {
      parent.makeNode(name, inode.type(), inode.mode(), 0, 0);
    }
    Metadata.set(parent, name, inode, ImageTree.xattrs(inode));
  }

  static void clear(Dir parent, BytePath name) throws IOException {
    if (parent.find(name).isPresent()) {
      parent.removeTree(name);
    }
  }
}

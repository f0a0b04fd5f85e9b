package dev.tiu.snapshot;

import dev.tiu.bundle.Parallel;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/**
 * Carries out plans on trees.
 *
 * <p>Every call goes through a handle below the tree's root and follows no link, so that nothing in
 * the tree can lead a write out of it. Nothing is atomic here and nothing has to be: the tree is in
 * a snapshot that nobody uses before it is sealed, and a plan may be carried out again from its
 * beginning.
 */
final class Applier {
  /** Steps that a thread takes at a time. */
  private static final int BATCH = 32;

  private final Sources sources;
  private final int threads;
  private final LongConsumer progress;

  /**
   * @param sources where file data comes from
   * @param progress is told of each piece of content done, in bytes, from several threads
   */
  Applier(Sources sources, int threads, LongConsumer progress) {
    this.sources = sources;
    this.threads = threads;
    this.progress = progress;
  }

  /** Makes each tree what its plan's target says. */
  Applied apply(List<Site> sites) throws IOException {
    for (Site site : sites) {
      makeDirectories(site);
    }
    ContentWriting content = new ContentWriting(sources, threads, progress);
    // What is gone is nothing's parent and nothing's place, so that it may go meanwhile.
    Applied applied = Parallel.alongside(() -> removeGone(sites), () -> content.write(sites));
    for (Site site : sites) {
      finish(site);
    }
    return applied;
  }

  private static void makeDirectories(Site site) throws IOException {
    try (Parents parents = new Parents(site.tree())) {
      for (Step.MakeDirectory step : site.plan().directories()) {
        makeDirectory(parents, step.path());
      }
    }
  }

  private static void removeGone(List<Site> sites) throws IOException {
    for (Site site : sites) {
      try (Parents parents = new Parents(site.tree())) {
        for (Step.Remove step : site.plan().removals()) {
          parents.of(step.path()).removeIfThere(step.path().name());
        }
      }
    }
  }

  /** What needs the written files in their places; directories' times come after all else. */
  private void finish(Site site) throws IOException {
    Plan plan = site.plan();
    each(site, plan.clones(), (parents, step) -> cloneFile(site, parents, step));
    each(site, plan.links(), (parents, step) -> link(site.tree(), parents, step));
    each(site, plan.specials(), Applier::makeSpecial);
    each(site, plan.metadata(), Applier::setMetadata);
    each(site, plan.directoryMetadata(), Applier::setMetadata);
  }

  private interface Action<S> {
    void run(Parents parents, S step) throws IOException;
  }

  /** Steps of one kind, which don't get in each other's way, by several threads. */
  private <S extends Step> void each(Site site, List<S> steps, Action<S> action)
      throws IOException {
    AtomicInteger next = new AtomicInteger();
    AtomicBoolean stopped = new AtomicBoolean();
    int batches = (steps.size() + BATCH - 1) / BATCH;
    Parallel.run(
        Math.max(1, Math.min(threads, batches)),
        () -> {
          boolean done = false;
          try (Parents parents = new Parents(site.tree())) {
            for (int i = next.getAndAdd(BATCH);
                i < steps.size() && !stopped.get();
                i = next.getAndAdd(BATCH)) {
              for (S step : steps.subList(i, Math.min(i + BATCH, steps.size()))) {
                action.run(parents, step);
              }
            }
            done = true;
          } finally {
            if (!done) {
              stopped.set(true);
            }
          }
        });
  }

  private static void setMetadata(Parents parents, Step.SetMetadata step) throws IOException {
    Metadata.change(parents.of(step.path()), step.path().name(), step.inode(), step.known());
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
    if (present.isPresent()) {
      parent.removeTree(path.name());
    }
    parent.makeDir(path.name(), 0700);
  }

  private static boolean isUsableDirectory(FileStatus status) {
    return status.type() == FileType.DIRECTORY && status.inode() != Layout.PLACEHOLDER_INODE;
  }

  private static void cloneFile(Site site, Parents parents, Step.CloneFile step)
      throws IOException {
    Parents.Parent parent = parents.parent(step.path());
    parent.dir().removeIfThere(step.path().name());
    Dir from = step.origin() == Step.Origin.BASE ? site.base().orElseThrow() : site.tree();
    try (FileHandle source = from.openFile(step.source());
        FileHandle file = parent.dir().createPrivate(step.path().name())) {
      TreeCopy.copyContent(source, file);
      Metadata.setOnNew(file, step.inode(), parent.birth(file));
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

  private static void makeSpecial(Parents parents, Step.MakeSpecial step) throws IOException {
    Dir parent = parents.of(step.path());
    BytePath name = step.path().name();
    parent.removeIfThere(name);
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
}

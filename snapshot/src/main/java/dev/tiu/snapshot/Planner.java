package dev.tiu.snapshot;

import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compares what a tree is said to be with what it shall become. */
final class Planner {
  private final ImageTree base;
  private final ImageTree target;
  private final Deviations deviations;
  private final Patches available;

  private final List<Step.Remove> removals = new ArrayList<>();
  private final List<Step.MakeDirectory> directories = new ArrayList<>();
  private final List<Step.WriteFile> writes = new ArrayList<>();
  private final List<Step.PatchFile> patches = new ArrayList<>();
  private final List<Step.CloneFile> clones = new ArrayList<>();
  private final List<Step.LinkFile> links = new ArrayList<>();
  private final List<Step.MakeSpecial> specials = new ArrayList<>();
  private final List<Step.SetMetadata> metadata = new ArrayList<>();

  /** Directories whose entries change, or whose own metadata does. */
  private final Set<BytePath> touched = new HashSet<>();

  private final Map<ByteBuffer, BytePath> baseByDigest = new HashMap<>();
  private final Map<ByteBuffer, Written> writtenByDigest = new HashMap<>();

  /** The first file of the target that gets a content. */
  private record Written(BytePath path, long size) {}

  private Planner(ImageTree base, ImageTree target, Deviations deviations, Patches available) {
    this.base = base;
    this.target = target;
    this.deviations = deviations;
    this.available = available;
  }

  /**
   * What makes {@code base} into {@code target}.
   *
   * @param deviations where the tree on the disk isn't what {@code base} says
   * @param available what may make a file instead of the image's data
   */
  static Plan plan(ImageTree base, ImageTree target, Deviations deviations, Patches available) {
    if (base == target && deviations.count() == 0) {
      return Plan.NOTHING;
    }
    return new Planner(base, target, deviations, available).run();
  }

  private Plan run() {
    indexBase();
    planRemovals();
    target.entries().forEach(this::planEntry);
    return new Plan(
        directories,
        removals,
        writes,
        patches,
        clones,
        links,
        specials,
        metadata,
        touchedDirectories());
  }

  private void indexBase() {
    base.entries()
        .forEach(
            (path, inode) -> {
              if (inode instanceof Inode.RegularFile file
                  && file.size() > 0
                  && !deviations.contains(path)) {
                baseByDigest.putIfAbsent(ByteBuffer.wrap(base.digest(file)), path);
              }
            });
  }

  /**
   * What is gone: only the topmost path of each, because the rest goes with it. What lay in a
   * directory that becomes something else goes with that, too.
   */
  private void planRemovals() {
    Set<BytePath> covered = new HashSet<>();
    List<BytePath> present = new ArrayList<>(base.entries().keySet());
    present.addAll(deviations.unexpected());
    present.sort(null);
    for (BytePath path : present) {
      Optional<Inode> wanted = target.find(path);
      boolean goesWithParent = covered.contains(path.parent());
      if (goesWithParent || wanted.filter(Inode.Directory.class::isInstance).isEmpty()) {
        covered.add(path);
      }
      if (!goesWithParent && wanted.isEmpty()) {
        removals.add(new Step.Remove(path));
        touched.add(path.parent());
      }
    }
  }

  private void planEntry(BytePath path, Inode inode) {
    Optional<Inode> known = known(path);
    if (inode instanceof Inode.Directory) {
      planDirectory(path, inode, known);
    } else if (known.isPresent() && isUnchanged(path, inode, known.get())) {
      boolean first = target.namesOf(path, inode).get(0).equals(path);
      if (first && !Metadata.same(inode, known.get())) {
        metadata.add(new Step.SetMetadata(path, inode, known));
      }
    } else {
      planNew(path, inode);
    }
  }

  /** What is on the disk, as far as that is what the base's record says. */
  private Optional<Inode> known(BytePath path) {
    return deviations.contains(path) ? Optional.empty() : base.find(path);
  }

  private void planDirectory(BytePath path, Inode inode, Optional<Inode> known) {
    boolean exists = known.filter(Inode.Directory.class::isInstance).isPresent();
    if (!exists) {
      directories.add(new Step.MakeDirectory(path));
      touched.add(path.parent());
    }
    if (!exists || !Metadata.same(inode, known.get())) {
      touched.add(path);
    }
  }

  /** Whether content and names are the same, so that at most the metadata is to be set. */
  private boolean isUnchanged(BytePath path, Inode inode, Inode known) {
    return sameContent(inode, known)
        && target.namesOf(path, inode).equals(base.namesOf(path, known))
        && target.namesOf(path, inode).stream().noneMatch(deviations::contains);
  }

  private boolean sameContent(Inode inode, Inode known) {
    if (inode instanceof Inode.RegularFile file && known instanceof Inode.RegularFile old) {
      return target.sameContent(file, base, old);
    }
    if (inode instanceof Inode.Symlink link && known instanceof Inode.Symlink old) {
      return Arrays.equals(link.target(), old.target());
    }
    if (inode instanceof Inode.Device device && known instanceof Inode.Device old) {
      return device.type() == old.type()
          && device.major() == old.major()
          && device.minor() == old.minor();
    }
    return inode instanceof Inode.Ipc && known instanceof Inode.Ipc && inode.type() == known.type();
  }

  private void planNew(BytePath path, Inode inode) {
    touched.add(path.parent());
    BytePath first = target.namesOf(path, inode).get(0);
    if (!first.equals(path)) {
      links.add(new Step.LinkFile(path, first));
    } else if (inode instanceof Inode.RegularFile file) {
      planContent(path, file);
    } else {
      specials.add(new Step.MakeSpecial(path, inode));
    }
  }

  private void planContent(BytePath path, Inode.RegularFile file) {
    ByteBuffer digest = ByteBuffer.wrap(target.digest(file));
    BytePath source = baseByDigest.get(digest);
    if (source != null && base.find(source).filter(i -> sizeIs(i, file.size())).isPresent()) {
      clones.add(new Step.CloneFile(path, file, source, Step.Origin.BASE));
      return;
    }
    Written first = file.size() > 0 ? writtenByDigest.get(digest) : null;
    if (first != null && first.size() == file.size()) {
      clones.add(new Step.CloneFile(path, file, first.path(), Step.Origin.TARGET));
      return;
    }
    writtenByDigest.put(digest, new Written(path, file.size()));
    available
        .find(path, file, digest.array())
        .ifPresentOrElse(patches::add, () -> writes.add(new Step.WriteFile(path, file)));
  }

  private static boolean sizeIs(Inode inode, long size) {
    return inode instanceof Inode.RegularFile file && file.size() == size;
  }

  private List<Step.SetMetadata> touchedDirectories() {
    List<Step.SetMetadata> steps = new ArrayList<>();
    for (BytePath path : touched) {
      target
          .find(path)
          .filter(Inode.Directory.class::isInstance)
          .ifPresent(
              inode ->
                  steps.add(
                      new Step.SetMetadata(
                          path, inode, known(path).filter(Inode.Directory.class::isInstance))));
    }
    steps.sort(Comparator.comparing(Step.SetMetadata::path).reversed());
    return steps;
  }
}

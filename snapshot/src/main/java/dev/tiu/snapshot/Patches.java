package dev.tiu.snapshot;

import dev.tiu.bundle.ContentDigest;
import dev.tiu.bundle.delta.Delta;
import dev.tiu.bundle.delta.Patch;
import dev.tiu.bundle.delta.Segment;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The patches of a delta that can be applied, because the base has the files they start from. */
final class Patches {
  private final Optional<Delta> delta;
  private final Map<ContentDigest, OldFile> oldFiles = new HashMap<>();

  private Patches(Optional<Delta> delta) {
    this.delta = delta;
  }

  static Patches none() {
    return new Patches(Optional.empty());
  }

  /** None yet: the base's files follow with {@link #add}. */
  static Patches of(Optional<Delta> delta) {
    return new Patches(delta);
  }

  /** Takes a part of the base into account, without the files that aren't what they should be. */
  Patches add(ImagePart part, ImageTree base, Deviations deviations) {
    if (delta.isPresent()) {
      base.entries()
          .forEach(
              (path, inode) -> {
                if (inode instanceof Inode.RegularFile file && !deviations.contains(path)) {
                  oldFiles.putIfAbsent(
                      ContentDigest.of(base.digest(file)), new OldFile(part, path));
                }
              });
    }
    return this;
  }

  /** The step that makes a file by a patch. */
  Optional<Step.PatchFile> find(BytePath path, Inode.RegularFile file, byte[] digest) {
    if (delta.isEmpty() || file.size() == 0) {
      return Optional.empty();
    }
    Optional<Patch> patch = delta.get().patch(digest).filter(p -> p.size() == file.size());
    return patch.flatMap(p -> step(path, file, p));
  }

  private Optional<Step.PatchFile> step(BytePath path, Inode.RegularFile file, Patch patch) {
    Map<ContentDigest, OldFile> needed = new HashMap<>();
    for (Segment segment : patch.segments()) {
      OldFile old = oldFiles.get(segment.old().digest());
      if (old == null) {
        return Optional.empty();
      }
      needed.put(segment.old().digest(), old);
    }
    return Optional.of(new Step.PatchFile(path, file, patch, needed));
  }
}

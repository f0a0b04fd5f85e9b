package dev.tiu.snapshot;

import dev.tiu.linux.BytePath;
import java.util.Set;

/**
 * Where a tree on the disk isn't what its record says.
 *
 * @param changed paths of the record that are missing, or of another type, size, owner, mode or
 *     modification time
 * @param unexpected paths that the record doesn't have
 */
public record Deviations(Set<BytePath> changed, Set<BytePath> unexpected) {
  /** None: the tree is what its record says, or nothing is there. */
  public static final Deviations NONE = new Deviations(Set.of(), Set.of());

  public Deviations {
    changed = Set.copyOf(changed);
    unexpected = Set.copyOf(unexpected);
  }

  boolean contains(BytePath path) {
    return changed.contains(path) || unexpected.contains(path);
  }

  /** How many paths deviate. */
  public int count() {
    return changed.size() + unexpected.size();
  }
}

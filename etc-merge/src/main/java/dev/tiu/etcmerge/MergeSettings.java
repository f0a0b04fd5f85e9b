package dev.tiu.etcmerge;

import dev.tiu.etcmerge.text.FstabMerge;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What a merge knows beside the trees.
 *
 * @param policies of paths
 * @param mounts the entries of fstab that are the device's own, by mount point; empty if fstab is
 *     like any other file
 * @param decided contents that come from elsewhere: the accounts, which belong together
 * @param roots where links' targets are looked for
 * @param touched false for paths at and below which the image has just what the base has; of what
 *     the image dropped with its directory, nobody needs to know
 * @param later if the image's side are no image's changes, but edits made here elsewhere
 */
public record MergeSettings(
    Policies policies,
    SortedMap<String, FstabMerge.Own> mounts,
    Map<BytePath, byte[]> decided,
    Optional<Roots> roots,
    Predicate<BytePath> touched,
    Optional<Later> later) {
  /** Nothing but the built-in policies. */
  public static final MergeSettings DEFAULT =
      new MergeSettings(
          Policies.BUILT_IN,
          Collections.emptySortedMap(),
          Map.of(),
          Optional.empty(),
          path -> true,
          Optional.empty());

  /**
   * The systems' roots.
   *
   * @param old of the system that the device comes from
   * @param now of the new one, with the /etc that is being merged
   */
  public record Roots(Dir old, Dir now) {}

  /**
   * Both sides are the device's: what it has is always what is live, and the later edit is what
   * lies beside it, as {@code NAME.tiu-orig}, which is the name of what somebody made here.
   *
   * @param put what an earlier such merge has put beside, below /etc: a newer version may take its
   *     place
   */
  public record Later(Set<BytePath> put) {
    public Later {
      put = Set.copyOf(put);
    }
  }

  public MergeSettings {
    mounts = Collections.unmodifiableSortedMap(new TreeMap<>(mounts));
    decided = Map.copyOf(decided);
  }

  public MergeSettings withPolicies(Policies other) {
    return new MergeSettings(other, mounts, decided, roots, touched, later);
  }

  public MergeSettings withMounts(SortedMap<String, FstabMerge.Own> other) {
    return new MergeSettings(policies, other, decided, roots, touched, later);
  }

  public MergeSettings withDecided(Map<BytePath, byte[]> other) {
    return new MergeSettings(policies, mounts, other, roots, touched, later);
  }

  public MergeSettings withRoots(Roots other) {
    return new MergeSettings(policies, mounts, decided, Optional.of(other), touched, later);
  }

  public MergeSettings withTouched(Predicate<BytePath> other) {
    return new MergeSettings(policies, mounts, decided, roots, other, later);
  }

  /** For a merge of edits that were made meanwhile, not of an image. */
  public MergeSettings withLater(Later other) {
    return new MergeSettings(policies, mounts, decided, roots, touched, Optional.of(other));
  }

  /** Whether the merge has to look at a path, or at what is below it. */
  boolean concerns(BytePath path) {
    // What an image owns goes live again also where only the device has changed it.
    return touched.test(path) || policies.hasAny(Policy.IMAGE);
  }
}

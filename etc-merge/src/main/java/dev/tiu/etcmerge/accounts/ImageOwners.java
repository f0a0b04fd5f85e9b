package dev.tiu.etcmerge.accounts;

import dev.tiu.linux.IdMap;
import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Whose the files of a new image are, by number.
 *
 * @param users of its files, also in ACLs, the kernel's unsigned 32 bits; those that the image has
 *     an account for may be missing
 * @param groups likewise
 * @param written which of its numbers its files have already as others, if they are written
 */
public record ImageOwners(Set<Integer> users, Set<Integer> groups, IdMap written) {
  /** Nothing is known beyond the accounts, and no file is written. */
  public static final ImageOwners UNKNOWN = new ImageOwners(Set.of(), Set.of(), IdMap.NONE);

  public ImageOwners {
    users = sorted(users);
    groups = sorted(groups);
  }

  private static Set<Integer> sorted(Set<Integer> numbers) {
    SortedSet<Integer> sorted = new TreeSet<>(Integer::compareUnsigned);
    sorted.addAll(numbers);
    return Collections.unmodifiableSet(sorted);
  }
}

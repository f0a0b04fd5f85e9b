package dev.tiu.etcmerge.accounts;

import java.util.Set;

/** Numbers, of users and groups, that have files. */
record Owners(Set<Integer> numbers) implements FileOwners {
  static final Owners NONE = new Owners(Set.of());

  static Owners of(int number) {
    return new Owners(Set.of(number));
  }

  @Override
  public boolean ownsFiles(int uid) {
    return numbers.contains(uid);
  }

  @Override
  public boolean groupOwnsFiles(int gid) {
    return numbers.contains(gid);
  }
}

package dev.tiu;

import java.util.ArrayList;
import java.util.List;

/** What differs between the packages of two images, each list by name. */
record PackageDifference(List<Single> added, List<Single> removed, List<Changed> changed) {
  /** A package that one image alone has. */
  record Single(String name, String version) {}

  /** A package with another version. */
  record Changed(String name, String oldVersion, String newVersion) {}

  static PackageDifference between(Packages old, Packages now) {
    List<Single> added = new ArrayList<>();
    List<Single> removed = new ArrayList<>();
    List<Changed> changed = new ArrayList<>();
    old.versions()
        .forEach(
            (name, version) -> {
              String other = now.versions().get(name);
              if (other == null) {
                removed.add(new Single(name, version));
              } else if (!other.equals(version)) {
                changed.add(new Changed(name, version, other));
              }
            });
    now.versions()
        .forEach(
            (name, version) -> {
              if (!old.versions().containsKey(name)) {
                added.add(new Single(name, version));
              }
            });
    return new PackageDifference(added, removed, changed);
  }

  boolean isEmpty() {
    return added.isEmpty() && removed.isEmpty() && changed.isEmpty();
  }
}

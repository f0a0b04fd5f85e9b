package dev.tiu;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The packages that an image's database lists.
 *
 * @param versions by name; where a system has a package for two architectures, by {@code
 *     name:architecture}
 */
record Packages(SortedMap<String, String> versions) {
  Packages {
    versions = new TreeMap<>(versions);
  }
}

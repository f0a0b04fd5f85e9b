package dev.tiu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What {@code rpm -qa} printed: name, architecture and version of a package in each line. */
final class RpmList {
  private RpmList() {}

  private record Installed(String name, String architecture, String version) {}

  static Packages parse(String text) {
    List<Installed> packages = packages(text);
    Map<String, Set<String>> architectures = new HashMap<>();
    for (Installed found : packages) {
      architectures.computeIfAbsent(found.name, n -> new HashSet<>()).add(found.architecture);
    }
    SortedMap<String, String> versions = new TreeMap<>();
    for (Installed found : packages) {
      boolean several = architectures.getOrDefault(found.name, Set.of()).size() > 1;
      String name = several ? found.name + "." + found.architecture : found.name;
      // Several versions of one package, as with kernels.
      versions.merge(name, found.version, (a, b) -> a + ", " + b);
    }
    return new Packages(versions);
  }

  private static List<Installed> packages(String text) {
    List<Installed> packages = new ArrayList<>();
    for (String line : text.lines().sorted().toList()) {
      String[] fields = line.split("\t", -1);
      // The keys of repositories are kept as packages, too.
      if (fields.length == 3 && !fields[0].equals("gpg-pubkey")) {
        packages.add(new Installed(fields[0], fields[1], fields[2]));
      }
    }
    return packages;
  }
}

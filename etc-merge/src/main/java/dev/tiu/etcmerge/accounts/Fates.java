package dev.tiu.etcmerge.accounts;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What becomes of each account of passwd, or of each group of group. */
final class Fates {
  private static final int NUMBER = 2;

  private final FileMerge file;
  private final Map<String, Fate> byName = new LinkedHashMap<>();

  /** Says whether what the image has dropped may go. */
  @FunctionalInterface
  interface Removable {
    boolean test(Line local) throws IOException;
  }

  private Fates(FileMerge file) {
    this.file = file;
  }

  static Fates of(FileMerge file, Removable removable) throws IOException {
    Fates fates = new Fates(file);
    for (Line local : file.local().records()) {
      fates.byName.put(local.name(), fates.present(local, removable));
    }
    for (String name : file.image().names()) {
      fates.byName.putIfAbsent(name, file.base().has(name) ? Fate.DELETED : Fate.NEW);
    }
    return fates;
  }

  private Fate present(Line local, Removable removable) throws IOException {
    String name = local.name();
    if (file.image().has(name)) {
      return Fate.MERGED;
    }
    if (!file.base().has(name)) {
      return Fate.OWN;
    }
    return removable.test(local) ? Fate.REMOVED : Fate.KEPT;
  }

  boolean is(String name, Fate fate) {
    return byName.get(name) == fate;
  }

  /** Those with that fate, in the order of the file that has them. */
  Set<String> all(Fate fate) {
    Set<String> names = new LinkedHashSet<>();
    byName.forEach(
        (name, its) -> {
          if (its == fate) {
            names.add(name);
          }
        });
    return names;
  }

  /** The numbers that the device has given, but for those that it loses now. */
  Map<String, Integer> numbers() {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    for (Line local : file.local().records()) {
      if (!is(local.name(), Fate.REMOVED)) {
        numbers.put(local.name(), local.number(NUMBER));
      }
    }
    return numbers;
  }

  /** Whether another one that isn't dropped has the same number. */
  static boolean sharesNumber(FileMerge file, Line local) {
    return file.local().records().stream()
        .filter(other -> !other.name().equals(local.name()))
        .filter(other -> other.number(NUMBER) == local.number(NUMBER))
        .anyMatch(other -> file.image().has(other.name()) || !file.base().has(other.name()));
  }
}

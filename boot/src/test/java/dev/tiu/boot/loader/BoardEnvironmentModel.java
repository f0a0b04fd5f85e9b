package dev.tiu.boot.loader;

import dev.tiu.boot.BootException;
import java.util.SortedMap;
import java.util.TreeMap;

/** An environment in memory, which counts its writes. */
final class BoardEnvironmentModel implements BoardEnvironment {
  final SortedMap<String, String> variables = new TreeMap<>();
  int writes;
  boolean twoCopies = true;
  boolean readable = true;

  @Override
  public SortedMap<String, String> read() throws BootException {
    if (!readable) {
      throw new BootException("U-Boot's environment can't be read", "Nothing.", "Mend it.");
    }
    SortedMap<String, String> known = new TreeMap<>(variables);
    known.keySet().retainAll(NAMES);
    return known;
  }

  @Override
  public void write(SortedMap<String, String> changes) {
    writes++;
    variables.putAll(changes);
    variables.values().removeIf(String::isEmpty);
  }

  @Override
  public void requireSafe() throws BootException {
    if (!twoCopies) {
      throw new BootException("U-Boot's environment has one copy", "Nothing.", "Take two.");
    }
  }
}

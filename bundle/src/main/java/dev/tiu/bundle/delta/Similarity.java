package dev.tiu.bundle.delta;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Finds, among files that went away, the one that a new file is most like: it was renamed, and
 * changed a little.
 *
 * <p>Of each file the smallest few of its sampled hashes are kept, the same few for the same
 * content; two files that share many of them share much of their content.
 */
final class Similarity {
  /** Hashes of a file. */
  private static final int SKETCH = 32;

  /** Most files that are kept, each in some 5 KiB: then 40 MiB. */
  private static final int MOST_FILES = 1 << 13;

  /** The start is enough to know a file by. */
  private static final int MOST_BYTES = 1 << 20;

  private static final int SAMPLE_BITS = 6;

  /** Fewer in common than this is chance: a licence's text, a table of zeros. */
  private static final int LEAST_COMMON = 3;

  private final Map<Long, List<Content>> byHash = new HashMap<>();
  private int files;

  void add(Content content) throws IOException {
    if (files++ < MOST_FILES) {
      for (long hash : sketch(content)) {
        byHash.computeIfAbsent(hash, h -> new ArrayList<>()).add(content);
      }
    }
  }

  /** The old file that has most of the hashes; of several the one of the nearest size. */
  Optional<Content> find(Content content) throws IOException {
    Map<Content, Integer> common = new HashMap<>();
    for (long hash : sketch(content)) {
      for (Content candidate : byHash.getOrDefault(hash, List.of())) {
        common.merge(candidate, 1, Integer::sum);
      }
    }
    return common.entrySet().stream()
        .filter(entry -> entry.getValue() >= LEAST_COMMON)
        .min(
            Map.Entry.<Content, Integer>comparingByValue()
                .reversed()
                .thenComparing(e -> Math.abs(e.getKey().size() - content.size()))
                .thenComparing(e -> e.getKey().path()))
        .map(Map.Entry::getKey);
  }

  private static SortedSet<Long> sketch(Content content) throws IOException {
    int length = (int) Math.min(MOST_BYTES, content.size());
    byte[] start = content.read(0, length);
    GearHash hash = new GearHash(SAMPLE_BITS);
    TreeSet<Long> smallest = new TreeSet<>();
    for (byte next : start) {
      if (hash.take(next)) {
        smallest.add(hash.hash());
        if (smallest.size() > SKETCH) {
          smallest.pollLast();
        }
      }
    }
    return smallest;
  }
}

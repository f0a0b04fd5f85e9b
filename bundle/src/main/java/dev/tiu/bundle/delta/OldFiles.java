package dev.tiu.bundle.delta;

import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds for each new content the old one that it was probably made from. */
final class OldFiles {
  /** Of less there is nothing to gain, and a range of it may have to be cut by a byte. */
  private static final int LEAST_SIZE = 2 * OldRange.MIN_LENGTH;

  private final Contents old;
  private final Contents next;
  private final Map<String, List<Named>> byNormalPath = new HashMap<>();
  private final Map<String, List<Named>> byExtension = new HashMap<>();
  private final Similarity similarity = new Similarity();

  /** A content under one of its names. */
  private record Named(String path, Content content) {}

  /** Reads those old files that have no counterpart of their name in the new image. */
  OldFiles(Contents old, Contents next) throws IOException {
    this.old = old;
    this.next = next;
    Set<String> names = new HashSet<>();
    next.byPath().keySet().forEach(path -> names.add(NormalPath.of(path)));
    for (Map.Entry<BytePath, Content> entry : old.byPath().entrySet()) {
      Content content = entry.getValue();
      if (content.size() < LEAST_SIZE) {
        continue;
      }
      Named named = new Named(NormalPath.latin1(entry.getKey()), content);
      String name = NormalPath.of(entry.getKey());
      add(byNormalPath, name, named);
      add(byExtension, extension(named.path), named);
      if (!names.contains(name) && !next.has(content.digest())) {
        similarity.add(content);
      }
    }
  }

  private static void add(Map<String, List<Named>> map, String key, Named named) {
    map.computeIfAbsent(key, k -> new ArrayList<>()).add(named);
  }

  /**
   * The old table for the table. Else by path, by path without version numbers, by what is in it;
   * else any old file of the same kind and about that size, which at least shares its form.
   */
  Optional<Content> find(Content content) throws IOException {
    if (content.equals(next.table())) {
      return Optional.of(old.table()).filter(found -> found.size() >= LEAST_SIZE);
    }
    Optional<Content> samePath = old.at(content.path()).filter(found -> found.size() >= LEAST_SIZE);
    if (samePath.isPresent()) {
      return samePath;
    }
    String path = NormalPath.latin1(content.path());
    Optional<Content> sameName =
        byNormalPath.getOrDefault(NormalPath.of(content.path()), List.of()).stream()
            .min(
                Comparator.<Named>comparingInt(named -> -NormalPath.common(path, named.path))
                    .thenComparing(named -> distance(content, named))
                    .thenComparing(Named::path))
            .map(Named::content);
    if (sameName.isPresent()) {
      return sameName;
    }
    Optional<Content> similar = similarity.find(content);
    return similar.isPresent() ? similar : sameKind(content, path);
  }

  private Optional<Content> sameKind(Content content, String path) {
    return byExtension.getOrDefault(extension(path), List.of()).stream()
        .min(
            Comparator.<Named>comparingLong(named -> distance(content, named))
                .thenComparing(Named::path))
        .map(Named::content);
  }

  private static long distance(Content content, Named named) {
    return Math.abs(content.size() - named.content.size());
  }

  /** What a name ends with; the directory, for a name without a dot. */
  private static String extension(String path) {
    int slash = path.lastIndexOf('/');
    int dot = path.lastIndexOf('.');
    return dot > slash + 1 ? path.substring(dot) : path.substring(0, Math.max(0, slash)) + "/";
  }
}

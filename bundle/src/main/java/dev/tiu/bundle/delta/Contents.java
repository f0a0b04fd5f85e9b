package dev.tiu.bundle.delta;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.ContentDigest;
import dev.tiu.bundle.ContentTable;
import dev.tiu.bundle.squashfs.DataBlock;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The different contents of an image's files, and the table of their digests. Empty ones are left
 * out: nothing makes them.
 */
final class Contents {
  private final Map<ContentDigest, Content> byDigest = new LinkedHashMap<>();
  private final Map<BytePath, Content> byPath = new LinkedHashMap<>();
  private final Content table;

  private Contents(Content table) {
    this.table = table;
    byDigest.put(table.digest(), table);
  }

  static Contents of(Bundle bundle) throws IOException {
    Contents contents = new Contents(Content.ofTable(bundle.contentTable().toArray()));
    ContentTable table = bundle.contentTable();
    SquashfsImage image = bundle.image();
    for (Map.Entry<BytePath, Inode> entry : bundle.tree().entries().entrySet()) {
      if (entry.getValue() instanceof Inode.RegularFile file && file.size() > 0) {
        ContentDigest digest = ContentDigest.of(table.digest(file.number()));
        Content content =
            contents.byDigest.computeIfAbsent(
                digest, d -> Content.ofFile(d, image, file, entry.getKey()));
        contents.byPath.put(entry.getKey(), content);
      }
    }
    return contents;
  }

  /** The image's content table, which is a content like those that it lists. */
  Content table() {
    return table;
  }

  boolean has(ContentDigest digest) {
    return byDigest.containsKey(digest);
  }

  Optional<Content> find(ContentDigest digest) {
    return Optional.ofNullable(byDigest.get(digest));
  }

  Optional<Content> at(BytePath path) {
    return Optional.ofNullable(byPath.get(path));
  }

  /** By path, sorted. */
  Map<BytePath, Content> byPath() {
    return Collections.unmodifiableMap(byPath);
  }

  /** What the other image hasn't, in the order in which this one stores it. */
  List<Content> missingIn(Contents other) {
    return byDigest.values().stream()
        .filter(content -> !other.has(content.digest()))
        .sorted(
            Comparator.<Content>comparingLong(content -> position(content))
                .thenComparing(Content::path))
        .toList();
  }

  private static long position(Content content) {
    for (DataBlock block : content.blocks()) {
      if (!block.hole()) {
        return block.offset();
      }
    }
    return 0;
  }
}

package dev.tiu.bundle;

import dev.tiu.bundle.squashfs.DataBlock;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * In which order the contents of an earlier image lie.
 *
 * <p>An image that keeps this order for what it shares with the earlier one, and has everything
 * else behind it, has what is new for a device in one stretch. From image to image what changes
 * moves to the end, the latest last, so that a device which left out some images still reads one
 * stretch.
 */
public final class ContentOrder {
  private final Map<Bytes, Integer> ranks;

  private ContentOrder(Map<Bytes, Integer> ranks) {
    this.ranks = ranks;
  }

  /** Where a content begins; of contents in one fragment block, how far into it. */
  private record Position(long offset, int skip, BytePath path, Bytes digest) {
    static final Comparator<Position> ORDER =
        Comparator.comparingLong(Position::offset)
            .thenComparingInt(Position::skip)
            .thenComparing(Position::path);
  }

  /** The order in an image; reads its description. */
  public static ContentOrder of(Bundle image) throws IOException {
    ContentTable table = image.contentTable();
    Set<Integer> seen = new HashSet<>();
    List<Position> positions = new ArrayList<>();
    for (Map.Entry<BytePath, Inode> entry : image.tree().entries().entrySet()) {
      if (entry.getValue() instanceof Inode.RegularFile file && seen.add(file.number())) {
        Bytes digest = Bytes.of(table.digest(file.number()));
        positions.add(position(image.image(), file, entry.getKey(), digest));
      }
    }
    positions.sort(Position.ORDER);
    return of(positions.stream().map(Position::digest).toList());
  }

  /** The order in which these contents come; a repeated one counts where it comes first. */
  static ContentOrder of(List<Bytes> digests) {
    Map<Bytes, Integer> ranks = new HashMap<>();
    for (Bytes digest : digests) {
      ranks.putIfAbsent(digest, ranks.size());
    }
    return new ContentOrder(ranks);
  }

  private static Position position(
      SquashfsImage image, Inode.RegularFile file, BytePath path, Bytes digest) {
    for (DataBlock block : image.blocks(file)) {
      if (!block.hole()) {
        return new Position(block.offset(), block.skip(), path, digest);
      }
    }
    return new Position(0, 0, path, digest);
  }

  /** Which one it is; empty for a content that the image doesn't have. */
  OptionalInt rank(Bytes digest) {
    Integer rank = ranks.get(digest);
    return rank == null ? OptionalInt.empty() : OptionalInt.of(rank);
  }
}

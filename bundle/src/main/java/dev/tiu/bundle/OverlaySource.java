package dev.tiu.bundle;

import dev.tiu.verity.BlockReader;
import dev.tiu.verity.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A bundle's source of which some ranges lie nearer too: in a skeleton that was kept of it, or in
 * memory.
 *
 * <p>Until {@link #cover} is called it is the far source and nothing else. What can't be read near
 * is read far away; neither is trusted.
 */
final class OverlaySource implements ByteSource {
  private final ByteSource far;
  private volatile Near near = new Near(List.of(), (offset, dst) -> {});

  /** What lies near: sorted ranges that don't touch, and what reads within them. */
  private record Near(List<ByteRange> ranges, BlockReader source) {}

  OverlaySource(ByteSource far) {
    this.far = far;
  }

  /** Takes these ranges from {@code source} from now on; it stays the caller's to close. */
  void cover(BlockReader source, List<ByteRange> ranges) {
    near = new Near(ByteRange.coalesce(ranges), source);
  }

  @Override
  public void read(long offset, ByteBuffer dst) throws IOException {
    Near covered = near;
    int limit = dst.limit();
    long position = offset;
    while (dst.hasRemaining()) {
      Piece piece = piece(covered.ranges, ByteRange.between(position, position + dst.remaining()));
      int length = (int) piece.range.length();
      int start = dst.position();
      dst.limit(start + length);
      if (!piece.near || !readNear(covered, position, dst)) {
        far.read(position, dst.position(start));
      }
      dst.limit(limit);
      position += length;
    }
  }

  /** What was whole when it was checked may have gone bad since: that is no reason to fail. */
  private static boolean readNear(Near covered, long offset, ByteBuffer dst) {
    try {
      covered.source.read(offset, dst);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private record Piece(ByteRange range, boolean near) {}

  /** The first part of {@code wanted} that lies wholly near, or wholly far away. */
  private static Piece piece(List<ByteRange> ranges, ByteRange wanted) {
    for (ByteRange range : ranges) {
      if (range.end() <= wanted.offset()) {
        continue;
      }
      boolean inside = range.offset() <= wanted.offset();
      long end = Math.min(wanted.end(), inside ? range.end() : range.offset());
      return new Piece(ByteRange.between(wanted.offset(), Math.max(end, wanted.offset())), inside);
    }
    return new Piece(wanted, false);
  }

  @Override
  public void expect(List<ByteRange> ranges) {
    far.expect(beyond(ranges));
  }

  @Override
  public void keep(List<ByteRange> ranges) {
    far.keep(beyond(ranges));
  }

  /** What of the ranges doesn't lie near. */
  private List<ByteRange> beyond(List<ByteRange> ranges) {
    List<ByteRange> covered = near.ranges;
    List<ByteRange> left = new ArrayList<>();
    for (ByteRange range : ranges) {
      for (long at = range.offset(); at < range.end(); ) {
        Piece piece = piece(covered, ByteRange.between(at, range.end()));
        if (!piece.near) {
          left.add(piece.range);
        }
        at = piece.range.end();
      }
    }
    return left;
  }

  @Override
  public long size() throws IOException {
    return far.size();
  }

  @Override
  public String name() {
    return far.name();
  }

  @Override
  public void close() throws IOException {
    far.close();
  }
}

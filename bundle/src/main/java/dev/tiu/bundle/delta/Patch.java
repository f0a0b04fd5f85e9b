package dev.tiu.bundle.delta;

import dev.tiu.bundle.ContentDigest;
import dev.tiu.verity.ByteRange;
import java.util.List;

/**
 * How to make one new file's content.
 *
 * @param digest the fs-verity digest of the new content
 * @param size of the new content, in bytes
 * @param segments from the new content's start to its end, without a gap
 */
public record Patch(ContentDigest digest, long size, List<Segment> segments) {
  /** Checks that the segments are the whole file. */
  public Patch {
    segments = List.copyOf(segments);
    long offset = 0;
    for (Segment segment : segments) {
      if (segment.offset() != offset) {
        throw new IllegalArgumentException(
            "a segment at offset " + segment.offset() + " of the file, expected " + offset);
      }
      offset = segment.end();
    }
    if (segments.isEmpty() || offset != size) {
      throw new IllegalArgumentException(
          "segments of " + offset + " bytes for a file of " + size + " bytes");
    }
  }

  /** All that the delta stores for it: one range, as the segments follow each other there too. */
  public ByteRange stored() {
    Segment last = segments.get(segments.size() - 1);
    return ByteRange.between(
        segments.get(0).storedOffset(), last.storedOffset() + last.storedSize());
  }
}

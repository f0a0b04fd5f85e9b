package dev.tiu.bundle.delta;

import java.util.List;

/** A patch that was made: where its stored bytes lie among all that were made. */
record EncodedPatch(Content next, Content old, List<EncodedSegment> segments) {
  /**
   * A segment.
   *
   * @param size of the new content's part
   * @param oldOffset of the old content's part
   * @param spooled where the stored bytes lie in the spool
   * @param storedSize in bytes
   * @param differenceSize as in {@link Segment}
   */
  record EncodedSegment(
      int size, long oldOffset, int oldLength, long spooled, int storedSize, int differenceSize) {}

  EncodedPatch {
    segments = List.copyOf(segments);
  }

  /** What it adds to the delta, the index included, whose digests can't be packed. */
  long cost() {
    long cost = PatchIndex.PATCH + PatchIndex.OLD_FILE;
    for (EncodedSegment segment : segments) {
      cost += segment.storedSize + PatchIndex.SEGMENT / 2;
    }
    return cost;
  }
}

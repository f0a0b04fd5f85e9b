package dev.tiu.bundle.squashfs;

import java.io.IOException;

/**
 * A table of equal entries in metadata blocks, found through a plain list of the blocks' positions.
 *
 * <p>The blocks come first and the list after them; the superblock points at the list.
 *
 * @param start where the first metadata block lies: the end of what stands before in the image
 * @param content the entries
 */
record IndexedTable(long start, MetadataTable content) {

  /**
   * Where a table must lie.
   *
   * @param name for messages: {@code id table}
   * @param lowest before which no block may lie
   * @param blocksEnd where the blocks end
   * @param list where the list of their positions lies
   * @param end where the next structure starts, which the list must not reach into
   */
  record Bounds(String name, long lowest, long blocksEnd, long list, long end) {

    /** Those of a table whose list follows its blocks, as all do but one. */
    static Bounds of(String name, long lowest, long list, long end) {
      return new Bounds(name, lowest, list, list, end);
    }

    private SquashfsException fault(String problem) {
      return new SquashfsException(name, list, problem);
    }
  }

  static IndexedTable read(MetadataReader reader, Bounds bounds, long entries, int entrySize)
      throws IOException {
    long size = entries * entrySize;
    if (size > reader.allowance()) {
      throw bounds.fault(entries + " entries, more than the limit on metadata allows");
    }
    int blocks = (int) ((size + MetadataReader.BLOCK - 1) / MetadataReader.BLOCK);
    long list = bounds.list;
    if (list < bounds.lowest || list > bounds.end || 8L * blocks > bounds.end - list) {
      throw bounds.fault(
          "list of %d blocks doesn't fit between %d and %d"
              .formatted(blocks, bounds.lowest, bounds.end));
    }
    byte[] positions = reader.plain(list, 8 * blocks);
    long start = LittleEndian.i64(positions, 0);
    if (start < bounds.lowest || start >= bounds.blocksEnd) {
      throw bounds.fault(
          "first block is at %d, expected from %d to %d"
              .formatted(start, bounds.lowest, bounds.blocksEnd));
    }
    MetadataTable content = reader.read(bounds.name, start, bounds.blocksEnd);
    checkBlocks(bounds, positions, content, size);
    return new IndexedTable(start, content);
  }

  /** The list must name every block, and each must be full except the last. */
  private static void checkBlocks(Bounds bounds, byte[] positions, MetadataTable content, long size)
      throws SquashfsException {
    if (content.blocks() != positions.length / 8 || content.length() != size) {
      throw bounds.fault(
          "has %d bytes in %d blocks, expected %d in %d"
              .formatted(content.length(), content.blocks(), size, positions.length / 8));
    }
    for (int i = 0; i < content.blocks(); i++) {
      long listed = LittleEndian.i64(positions, 8 * i);
      long found = content.blockStart(i);
      if (listed != found || content.blockPlace(i) != i * MetadataReader.BLOCK) {
        throw new SquashfsException(
            bounds.name,
            bounds.list + 8L * i,
            "block %d is listed at %d, but lies at %d and holds bytes from %d on"
                .formatted(i, listed, found, content.blockPlace(i)));
      }
    }
  }
}

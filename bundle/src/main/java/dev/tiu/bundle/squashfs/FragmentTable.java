package dev.tiu.bundle.squashfs;

/**
 * Where the fragment blocks lie; each holds the tail ends of several files.
 *
 * <p>An entry is {@code struct squashfs_fragment_entry}: a 64-bit position in the image, a 32-bit
 * stored size with the {@link BlockList#PLAIN_BIT}, and 32 bits that mean nothing.
 */
final class FragmentTable {
  static final int ENTRY_SIZE = 16;
  static final FragmentTable NONE = new FragmentTable(new byte[0], 0);

  private final byte[] entries;
  private final int count;

  private FragmentTable(byte[] entries, int count) {
    this.entries = entries;
    this.count = count;
  }

  /** The table in {@code content}, after a check that every block lies where data may lie. */
  static FragmentTable of(MetadataTable content, Superblock superblock, long dataStart)
      throws SquashfsException {
    int count = content.length() / ENTRY_SIZE;
    FragmentTable table = new FragmentTable(content.bytes(), count);
    for (int i = 0; i < count; i++) {
      long offset = table.offset(i);
      int entry = table.entry(i);
      int stored = entry & (BlockList.PLAIN_BIT - 1);
      boolean sound =
          entry >>> 25 == 0
              && stored > 0
              && stored <= superblock.blockSize()
              && offset >= dataStart
              && offset <= superblock.inodeTable() - stored;
      if (!sound) {
        throw content.fault(
            i * ENTRY_SIZE,
            "fragment " + i,
            "%d stored bytes (entry %08x) at %d, expected 1 to %d bytes from %d to %d"
                .formatted(
                    stored,
                    entry,
                    offset,
                    superblock.blockSize(),
                    dataStart,
                    superblock.inodeTable()));
      }
    }
    return table;
  }

  int count() {
    return count;
  }

  private long offset(int index) {
    return LittleEndian.i64(entries, index * ENTRY_SIZE);
  }

  private int entry(int index) {
    return LittleEndian.i32(entries, index * ENTRY_SIZE + 8);
  }

  /** The tail end that starts {@code skip} bytes into the unpacked block {@code index}. */
  BlockList.Tail tail(int index, int skip) {
    int entry = entry(index);
    return new BlockList.Tail(
        index, offset(index), entry & (BlockList.PLAIN_BIT - 1), BlockList.storage(entry), skip);
  }
}

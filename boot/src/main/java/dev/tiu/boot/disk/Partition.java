package dev.tiu.boot.disk;

/**
 * A range of a disk.
 *
 * @param number from 1 on
 * @param offset in bytes
 * @param size in bytes
 * @param type a GUID in a GPT, a hexadecimal number in an MBR
 * @param id the entry's UUID in a GPT; empty in an MBR
 * @param name the entry's in a GPT; empty in an MBR
 */
public record Partition(int number, long offset, long size, String type, String id, String name) {
  /** The offset of the first byte after it. */
  public long end() {
    return offset + size;
  }

  /** As sfdisk wants it; in MiB, because its plain numbers depend on the sectors' size. */
  String scriptLine() {
    String line =
        "start=%dMiB, size=%dMiB, type=%s"
            .formatted(offset / DiskShape.MIB, size / DiskShape.MIB, type);
    return id.isEmpty() ? line : line + ", uuid=%s, name=\"%s\"".formatted(id, name);
  }

  @Override
  public String toString() {
    return "partition %d: %d MiB from %d MiB on, type %s"
        .formatted(number, size / DiskShape.MIB, offset / DiskShape.MIB, type);
  }
}

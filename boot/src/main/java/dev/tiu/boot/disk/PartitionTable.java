package dev.tiu.boot.disk;

/** The two ways in which a disk says what its partitions are. */
public enum PartitionTable {
  /** GUID partition table (UEFI 2.10, chapter 5), which has a copy at the disk's end. */
  GPT("gpt"),

  /** Master boot record: what a Raspberry Pi's firmware takes without trouble. */
  MBR("dos");

  private final String label;

  PartitionTable(String label) {
    this.label = label;
  }

  /** What sfdisk calls it. */
  String label() {
    return label;
  }

  /** How many bytes at the disk's end belong to the table, rounded up to what keeps alignment. */
  long tail() {
    return this == GPT ? DiskShape.MIB : 0;
  }
}

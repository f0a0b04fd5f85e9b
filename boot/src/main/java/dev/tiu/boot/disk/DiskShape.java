package dev.tiu.boot.disk;

/**
 * What a machine wants of its disk, however large that is.
 *
 * @param alignment where partitions begin and end, in bytes, a multiple of 1 MiB
 * @param bootSize of the FAT, in bytes
 * @param leastRoot of the btrfs, in bytes; it gets all that is left
 * @param biosSize of the partition that a BIOS starts GRUB from, in bytes; 0 for none
 */
public record DiskShape(
    PartitionTable table,
    Architecture architecture,
    long alignment,
    long bootSize,
    long leastRoot,
    long biosSize,
    String bootLabel,
    String rootLabel) {
  static final long MIB = 1L << 20;

  /** What core.img has room in; GRUB's own limit is less than half of it. */
  static final long BIOS_SIZE = MIB;

  /** What erase blocks of SD cards are multiples of. */
  private static final long CARD_ALIGNMENT = 4 * MIB;

  /** What mkfs.btrfs needs, and not much more. */
  private static final long SMALLEST_BTRFS = 128 * MIB;

  public DiskShape {
    if (alignment <= 0 || alignment % MIB != 0) {
      throw new IllegalArgumentException("not a multiple of 1 MiB: alignment " + alignment);
    }
    if (bootSize < FatGeometry.SMALLEST_FAT32) {
      throw new IllegalArgumentException(
          "a FAT32 has %d MiB at least; a boot partition of %d bytes can't be one"
              .formatted(FatGeometry.SMALLEST_FAT32 / MIB, bootSize));
    }
    if (leastRoot < SMALLEST_BTRFS) {
      throw new IllegalArgumentException(
          "a btrfs has %d MiB at least, not %d bytes".formatted(SMALLEST_BTRFS / MIB, leastRoot));
    }
    if (biosSize != 0 && table != PartitionTable.GPT) {
      throw new IllegalArgumentException("only a GPT has a partition for what a BIOS starts");
    }
    if (!bootLabel.matches("[A-Z0-9_-]{1,11}")) {
      throw new IllegalArgumentException(
          "a FAT's label has up to 11 of A-Z, 0-9, - and _: '" + bootLabel + "'");
    }
    if (!rootLabel.matches("[A-Za-z0-9._-]{1,255}")) {
      throw new IllegalArgumentException("no label for a btrfs: '" + rootLabel + "'");
    }
  }

  /** A card for a Raspberry Pi: MBR, aligned to 4 MiB, a FAT of 512 MiB. */
  public static DiskShape raspberryPi(Architecture architecture) {
    return new DiskShape(
        PartitionTable.MBR,
        architecture,
        CARD_ALIGNMENT,
        512 * MIB,
        SMALLEST_BTRFS,
        0,
        "BOOT",
        "tiu");
  }

  /** A disk for a machine with UEFI, or with a loader that reads GPT: a FAT of 512 MiB. */
  public static DiskShape gpt(Architecture architecture) {
    return new DiskShape(
        PartitionTable.GPT, architecture, MIB, 512 * MIB, SMALLEST_BTRFS, 0, "ESP", "tiu");
  }

  /** With a partition that a BIOS starts GRUB from. */
  public DiskShape withBios() {
    return new DiskShape(
        table, architecture, alignment, bootSize, leastRoot, BIOS_SIZE, bootLabel, rootLabel);
  }

  /** With a boot partition of that many bytes. */
  public DiskShape withBootSize(long bytes) {
    return new DiskShape(
        table, architecture, alignment, bytes, leastRoot, biosSize, bootLabel, rootLabel);
  }

  /** With so many bytes for the root at least. */
  public DiskShape withLeastRoot(long bytes) {
    return new DiskShape(
        table, architecture, alignment, bootSize, bytes, biosSize, bootLabel, rootLabel);
  }
}

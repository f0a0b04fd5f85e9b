package dev.tiu.boot.disk;

import java.util.Locale;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * By what a disk, its partitions and file systems are told from others. Two disks with the same
 * must not be in one machine.
 *
 * @param disk of the partition table; an MBR has its first 32 bits
 * @param bootPartition of the FAT's entry in a GPT
 * @param rootPartition of the btrfs's entry in a GPT
 * @param fat the FAT's volume id
 * @param btrfs the btrfs's UUID
 * @param biosPartition of the entry in a GPT for what a BIOS starts, where there is one
 */
public record DiskIds(
    UUID disk, UUID bootPartition, UUID rootPartition, int fat, UUID btrfs, UUID biosPartition) {
  /** New ones. */
  public static DiskIds random(RandomGenerator random) {
    return new DiskIds(
        uuid(random), uuid(random), uuid(random), random.nextInt(), uuid(random), uuid(random));
  }

  /** Version 4, variant 1, of RFC 9562. */
  private static UUID uuid(RandomGenerator random) {
    long high = (random.nextLong() & ~0xf000L) | 0x4000L;
    long low = (random.nextLong() & 0x3fffffffffffffffL) | Long.MIN_VALUE;
    return new UUID(high, low);
  }

  /** The FAT as {@code UUID=} in an fstab and on a kernel command line names it. */
  public String fatUuid() {
    String hex = fatHex().toUpperCase(Locale.ROOT);
    return hex.substring(0, 4) + "-" + hex.substring(4);
  }

  String fatHex() {
    return "%08x".formatted(fat);
  }

  /** An MBR whose id is 0 has none; so that one becomes 1. */
  String mbrHex() {
    int id = (int) (disk.getMostSignificantBits() >>> 32);
    return "0x%08x".formatted(id == 0 ? 1 : id);
  }
}

package dev.tiu.boot.disk;

import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Stream;

/**
 * Where on a disk its FAT and its btrfs will be; nothing is written yet.
 *
 * <pre>
 * 0              partition table, up to the alignment
 * alignment      bios: 1 MiB with what a BIOS starts, where the shape has it
 * …              boot: FAT32, type 0x0c or EFI system partition
 * …              root: btrfs, type 0x83 or the discoverable one of the architecture
 * end            of a GPT, its copy: the last MiB
 * </pre>
 */
public record PartitionPlan(
    DiskShape shape,
    DiskIds ids,
    long diskSize,
    Optional<Partition> bios,
    Partition boot,
    Partition root) {
  private static final String BIOS_BOOT = "21686148-6449-6E6F-744E-656564454649";
  private static final String ESP = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
  private static final String MBR_FAT32_LBA = "c";
  private static final String MBR_LINUX = "83";

  /** An MBR counts sectors of 512 bytes in 32 bits. */
  private static final long MBR_LIMIT = 1L << 41;

  /**
   * Plans.
   *
   * @param diskSize in bytes
   * @throws DiskTooSmallException if there isn't room for both partitions
   */
  public static PartitionPlan of(DiskShape shape, DiskIds ids, long diskSize)
      throws DiskTooSmallException {
    long alignment = shape.alignment();
    long bootStart = alignment + roundUp(shape.biosSize(), alignment);
    long bootEnd = bootStart + roundUp(shape.bootSize(), alignment);
    long needed = bootEnd + roundUp(shape.leastRoot(), alignment) + shape.table().tail();
    if (diskSize < needed) {
      throw new DiskTooSmallException(diskSize, needed);
    }
    long usable = usableEnd(shape.table(), diskSize);
    long rootEnd = usable / alignment * alignment;
    Optional<Partition> bios = biosPartition(shape, ids, alignment);
    int first = bios.isPresent() ? 2 : 1;
    return new PartitionPlan(
        shape,
        ids,
        diskSize,
        bios,
        bootPartition(first, shape, ids, bootStart, bootEnd),
        rootPartition(first + 1, shape, ids, bootEnd, rootEnd));
  }

  private static Optional<Partition> biosPartition(DiskShape shape, DiskIds ids, long offset) {
    return shape.biosSize() == 0
        ? Optional.empty()
        : Optional.of(
            new Partition(
                1, offset, shape.biosSize(), BIOS_BOOT, ids.biosPartition().toString(), "bios"));
  }

  private static Partition bootPartition(
      int number, DiskShape shape, DiskIds ids, long offset, long end) {
    return switch (shape.table()) {
      case GPT ->
          new Partition(number, offset, end - offset, ESP, ids.bootPartition().toString(), "boot");
      case MBR -> new Partition(number, offset, end - offset, MBR_FAT32_LBA, "", "");
    };
  }

  private static Partition rootPartition(
      int number, DiskShape shape, DiskIds ids, long offset, long end) {
    return switch (shape.table()) {
      case GPT ->
          new Partition(
              number,
              offset,
              end - offset,
              shape.architecture().rootType(),
              ids.rootPartition().toString(),
              "root");
      case MBR -> new Partition(number, offset, end - offset, MBR_LINUX, "", "");
    };
  }

  /** Where the last partition may end, in bytes. */
  static long usableEnd(PartitionTable table, long diskSize) {
    long end = diskSize / DiskShape.MIB * DiskShape.MIB - table.tail();
    return table == PartitionTable.MBR ? Math.min(end, MBR_LIMIT - DiskShape.MIB) : end;
  }

  private static long roundUp(long size, long unit) {
    return (size + unit - 1) / unit * unit;
  }

  /** What sfdisk reads (sfdisk(8), "Input formats"). */
  String script() {
    String id = shape.table() == PartitionTable.GPT ? ids.disk().toString() : ids.mbrHex();
    StringJoiner lines =
        new StringJoiner("\n", "", "\n")
            .add("label: " + shape.table().label())
            .add("label-id: " + id);
    partitions().forEach(partition -> lines.add(partition.scriptLine()));
    return lines.toString();
  }

  /** The plan for people, a line for each partition. */
  public String describe() {
    StringJoiner lines = new StringJoiner(System.lineSeparator());
    lines.add("%s on %d MiB".formatted(shape.table(), diskSize / DiskShape.MIB));
    partitions().forEach(partition -> lines.add(partition.toString()));
    return lines.toString();
  }

  private List<Partition> partitions() {
    return Stream.concat(bios.stream(), Stream.of(boot, root)).toList();
  }
}

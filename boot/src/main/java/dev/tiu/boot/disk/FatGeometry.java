package dev.tiu.boot.disk;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * How a FAT32 is divided: from its boot sector (Microsoft's "FAT: General Overview of On-Disk
 * Format", 1.03, sections "Boot Sector and BPB" and "FAT Type Determination"), little-endian.
 *
 * @param clusterSize in bytes
 * @param clusters that files and directories can have
 */
record FatGeometry(int clusterSize, long clusters) {
  /** With fewer clusters firmware takes it for a FAT16, whatever its boot sector says. */
  static final long LEAST_FAT32_CLUSTERS = 65525;

  private static final int SECTOR = 512;

  /** {@link #LEAST_FAT32_CLUSTERS} of the smallest clusters, with their FATs and some air. */
  static final long SMALLEST_FAT32 = 34L << 20;

  /** Large clusters make small FATs, and waste space in small files; 32 KiB is for large cards. */
  private static final int LARGEST = 8;

  /**
   * How many sectors a cluster shall have: the most up to 8 (4 KiB) with which it is a FAT32 beyond
   * doubt.
   */
  static int sectorsPerCluster(long size) {
    int sectors = LARGEST;
    while (sectors > 1 && clusters(size, sectors) < LEAST_FAT32_CLUSTERS + 256) {
      sectors /= 2;
    }
    return sectors;
  }

  /** After two FATs of 4 bytes for each cluster, and 32 reserved sectors. */
  private static long clusters(long size, int sectorsPerCluster) {
    return (size - 32L * SECTOR) / ((long) sectorsPerCluster * SECTOR + 2 * 4L);
  }

  static FatGeometry read(Path device) throws IOException {
    ByteBuffer sector = ByteBuffer.allocate(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    try (Dir root = Dir.open(Path.of("/"));
        FileHandle file = root.openFile(BytePath.of(device.toString().substring(1)))) {
      file.readFully(sector, 0);
    }
    int bytesPerSector = sector.getShort(11) & 0xffff;
    int sectorsPerCluster = sector.get(13) & 0xff;
    int reserved = sector.getShort(14) & 0xffff;
    int fats = sector.get(16) & 0xff;
    long total = sector.getInt(32) & 0xffffffffL;
    long sectorsPerFat = sector.getInt(36) & 0xffffffffL;
    if (bytesPerSector == 0 || sectorsPerCluster == 0) {
      throw new IOException(device + ": no boot sector of a FAT32, though one was just made");
    }
    long clusters = (total - reserved - fats * sectorsPerFat) / sectorsPerCluster;
    return new FatGeometry(bytesPerSector * sectorsPerCluster, clusters);
  }

  /** How many clusters so many bytes take. */
  long clustersFor(long bytes) {
    return (bytes + clusterSize - 1) / clusterSize;
  }
}

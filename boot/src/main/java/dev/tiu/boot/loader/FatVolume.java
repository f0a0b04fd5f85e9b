package dev.tiu.boot.loader;

import dev.tiu.boot.BootException;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The id of a FAT, as blkid and fstab write it: {@code 0123-ABCD}. Microsoft's FAT specification
 * (2004), BS_VolID.
 */
final class FatVolume {
  private static final int SECTOR = 512;
  private static final int ID = 39;
  private static final int ID_32 = 67;
  private static final int TYPE_32 = 82;

  private FatVolume() {}

  /** Of the file system that a directory is on. */
  static String idOf(Dir partition) throws IOException {
    long device = partition.status(BytePath.ROOT).device();
    Path known = Path.of("/sys/dev/block/%d:%d/uevent".formatted(device >> 32, (int) device));
    Optional<String> name =
        Files.exists(known)
            ? Files.readAllLines(known).stream()
                .filter(line -> line.startsWith("DEVNAME="))
                .map(line -> line.substring("DEVNAME=".length()))
                .findFirst()
            : Optional.empty();
    Optional<String> id = Optional.empty();
    if (name.isPresent()) {
      try (InputStream in = Files.newInputStream(Path.of("/dev").resolve(name.get()))) {
        id = id(in.readNBytes(SECTOR));
      }
    }
    return id.orElseThrow(
        () ->
            new BootException(
                "The boot partition is no FAT on a disk, so that an initrd couldn't find it",
                PublishedEntries.NOT_ON_TRIAL,
                "Mount the boot partition in its place."));
  }

  /** By its boot sector. */
  static Optional<String> id(byte[] sector) {
    if (sector.length < SECTOR || sector[510] != 0x55 || sector[511] != (byte) 0xaa) {
      return Optional.empty();
    }
    boolean is32 = sector[TYPE_32] == 'F' && sector[TYPE_32 + 3] == '3';
    int id = ByteBuffer.wrap(sector).order(ByteOrder.LITTLE_ENDIAN).getInt(is32 ? ID_32 : ID);
    return Optional.of("%04X-%04X".formatted(id >>> 16, id & 0xffff));
  }
}

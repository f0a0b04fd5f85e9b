package dev.tiu.boot.disk;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * GRUB for a machine whose BIOS starts what the first sector of a disk says: {@code boot.img} for
 * that sector, and {@code core.img} for a partition of its own. What {@code grub-install} does to
 * both in a GPT (GRUB's {@code util/setup.c}) is done here, because its program wants a disk that
 * the kernel has the partitions of.
 *
 * <pre>
 * boot.img  0x000  jump over what follows
 *           0x05c  u64  sector of the disk where core.img begins
 *           0x064  u8   drive to read it from; 0xff: that which the BIOS started from
 *           0x066  u16  jump over a check; two nops where the disk is no floppy: then a drive
 *                       number is corrected that some BIOSes hand over without its highest bit
 *           0x1b8       the partition table's: not written
 * core.img  0x1f4  u64  sector of the disk where the rest of core.img begins
 *           0x1fc  u16  sectors of that rest
 *           0x1fe  u16  segment that it is read to
 *           0x200       the rest
 * </pre>
 */
public final class BiosCode {
  /** What belongs to code in the first sector; disk's id and table follow. */
  static final int CODE = 0x1b8;

  private static final int SECTOR = 512;
  private static final int KERNEL_SECTOR = 0x5c;
  private static final int DRIVE = 0x64;
  private static final int DRIVE_CHECK = 0x66;
  private static final int SIGNATURE = 0x1fe;
  private static final int REST_START = 0x1f4;
  private static final int REST_SECTORS = 0x1fc;
  private static final int REST_SEGMENT = 0x1fe;

  /** Core.img's second sector lies at 0x8200 in memory. */
  private static final int SEGMENT = 0x820;

  private final byte[] boot;
  private final byte[] core;

  private BiosCode(byte[] boot, byte[] core) {
    this.boot = boot;
    this.core = core;
  }

  /**
   * Of both files, as GRUB builds them.
   *
   * @throws IllegalArgumentException if they aren't what they should be
   */
  public static BiosCode of(byte[] boot, byte[] core) {
    ByteBuffer sector = ByteBuffer.wrap(boot).order(ByteOrder.LITTLE_ENDIAN);
    if (boot.length != SECTOR || sector.getShort(SIGNATURE) != (short) 0xaa55) {
      throw new IllegalArgumentException("boot.img is no boot sector");
    }
    byte jump = boot[DRIVE_CHECK];
    if (sector.getLong(KERNEL_SECTOR) != 1 || (jump & 0xff) != 0xeb) {
      throw new IllegalArgumentException("boot.img isn't laid out as GRUB 2's is");
    }
    if (core.length <= SECTOR || core.length > DiskShape.BIOS_SIZE) {
      throw new IllegalArgumentException(
          "core.img has %d bytes; between %d and %d fit"
              .formatted(core.length, SECTOR, DiskShape.BIOS_SIZE));
    }
    if (ByteBuffer.wrap(core).order(ByteOrder.LITTLE_ENDIAN).getShort(REST_SEGMENT) != SEGMENT) {
      throw new IllegalArgumentException("core.img doesn't begin as GRUB 2's does");
    }
    return new BiosCode(boot.clone(), core.clone());
  }

  /**
   * The first bytes of the disk, {@link #CODE} of them.
   *
   * @param offset of the partition that has core.img, in bytes
   */
  byte[] firstSector(long offset) {
    byte[] code = Arrays.copyOf(boot, CODE);
    ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN).putLong(KERNEL_SECTOR, offset / SECTOR);
    code[DRIVE] = (byte) 0xff;
    code[DRIVE_CHECK] = (byte) 0x90;
    code[DRIVE_CHECK + 1] = (byte) 0x90;
    return code;
  }

  /** The content of the partition at that offset: whole sectors. */
  byte[] partition(long offset) {
    int sectors = (core.length + SECTOR - 1) / SECTOR;
    byte[] content = Arrays.copyOf(core, sectors * SECTOR);
    ByteBuffer.wrap(content)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(REST_START, offset / SECTOR + 1)
        .putShort(REST_SECTORS, (short) (sectors - 1))
        .putShort(REST_SEGMENT, (short) SEGMENT);
    return content;
  }
}

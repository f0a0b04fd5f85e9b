package dev.tiu.boot.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class BiosCodeTest {
  private static final long OFFSET = 1 << 20;

  /** With what tells a boot.img of GRUB's, and 'b' elsewhere. */
  private static byte[] boot() {
    byte[] boot = new byte[512];
    Arrays.fill(boot, (byte) 'b');
    little(boot).putLong(0x5c, 1).putShort(0x66, (short) 0x05eb).putShort(0x1fe, (short) 0xaa55);
    return boot;
  }

  /** With a first sector as GRUB builds it, and 'c' elsewhere. */
  private static byte[] core(int size) {
    byte[] core = new byte[size];
    Arrays.fill(core, (byte) 'c');
    little(core).putLong(0x1f4, 2).putShort(0x1fc, (short) 7).putShort(0x1fe, (short) 0x820);
    return core;
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void first_sector_says_where_the_core_lies_and_leaves_the_table_alone() {
    byte[] sector = BiosCode.of(boot(), core(1000)).firstSector(OFFSET);
    assertThat(sector).hasSize(440);
    assertThat(little(sector).getLong(0x5c)).isEqualTo(2048);
    assertThat(sector[0x64]).as("the drive that the BIOS says").isEqualTo((byte) 0xff);
    assertThat(little(sector).getShort(0x66)).isEqualTo((short) 0x9090);
    assertThat(sector[0]).isEqualTo((byte) 'b');
    assertThat(sector[439]).isEqualTo((byte) 'b');
  }

  @Test
  void core_says_where_its_rest_lies_and_fills_whole_sectors() {
    byte[] content = BiosCode.of(boot(), core(1025)).partition(OFFSET);
    assertThat(content).hasSize(3 * 512);
    assertThat(little(content).getLong(0x1f4)).isEqualTo(2049);
    assertThat(little(content).getShort(0x1fc)).isEqualTo((short) 2);
    assertThat(little(content).getShort(0x1fe)).isEqualTo((short) 0x820);
    assertThat(content[1024]).isEqualTo((byte) 'c');
    assertThat(content[1025]).isZero();
  }

  @Test
  void what_is_no_grub_is_refused() {
    assertThatThrownBy(() -> BiosCode.of(new byte[512], core(1000)))
        .hasMessage("boot.img is no boot sector");
    byte[] other = boot();
    other[0x5c] = 3;
    assertThatThrownBy(() -> BiosCode.of(other, core(1000)))
        .hasMessage("boot.img isn't laid out as GRUB 2's is");
    assertThatThrownBy(() -> BiosCode.of(boot(), new byte[1000]))
        .hasMessage("core.img doesn't begin as GRUB 2's does");
    assertThatThrownBy(() -> BiosCode.of(boot(), core(512))).hasMessageContaining("has 512 bytes");
    assertThatThrownBy(() -> BiosCode.of(boot(), core((1 << 20) + 1)))
        .hasMessageContaining("core.img has 1048577 bytes");
  }
}

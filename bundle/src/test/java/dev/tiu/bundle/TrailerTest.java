package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class TrailerTest {
  private static final long CMS_OFFSET = 0x123000;
  private static final long CMS_SIZE = 2000;
  private static final long SIZE = CMS_OFFSET + CMS_SIZE + Trailer.SIZE;

  private static byte[] bytes() {
    return new Trailer(CMS_OFFSET, CMS_SIZE).toBytes();
  }

  private static byte[] withLong(int offset, long value) {
    return ByteBuffer.wrap(bytes()).order(ByteOrder.LITTLE_ENDIAN).putLong(offset, value).array();
  }

  private static byte[] withInt(int offset, int value) {
    return ByteBuffer.wrap(bytes()).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value).array();
  }

  private static void assertRefused(byte[] trailer, String message) {
    assertThatThrownBy(() -> Trailer.parse(trailer, Kind.BUNDLE, "os.tiu", SIZE))
        .isInstanceOfSatisfying(
            BundleException.class,
            e -> {
              assertThat(e.part()).isEqualTo(Part.TRAILER);
              assertThat(e.offset()).isEqualTo(SIZE - Trailer.SIZE);
            })
        .hasMessageStartingWith("os.tiu: trailer at offset " + (SIZE - Trailer.SIZE))
        .hasMessageContaining(message);
  }

  @Test
  void bytes_are_those_of_the_documentation() {
    assertThat(HexFormat.of().formatHex(bytes()))
        .isEqualTo(
            "895449550d0a1a0a" + "01000000" + "00000000" + "0030120000000000" + "d007000000000000");
  }

  @Test
  void trailer_reads_back() throws Exception {
    assertThat(Trailer.parse(bytes(), Kind.BUNDLE, "os.tiu", SIZE))
        .isEqualTo(new Trailer(CMS_OFFSET, CMS_SIZE));
  }

  @Test
  void every_changed_byte_is_noticed() {
    for (int i = 0; i < Trailer.SIZE; i++) {
      byte[] changed = bytes();
      changed[i] ^= 0x40;
      assertThatThrownBy(() -> Trailer.parse(changed, Kind.BUNDLE, "os.tiu", SIZE))
          .as("byte %d", i)
          .isInstanceOf(BundleException.class);
    }
  }

  @Test
  void future_format_asks_for_a_newer_tiu() {
    assertRefused(withInt(8, 2), "bundle format 2; this tiu reads format 1. Update tiu");
    assertRefused(withInt(8, -1), "bundle format 4294967295");
    assertRefused(withInt(12, 0x80), "flags 80");
  }

  @Test
  void lying_offsets_are_refused() {
    assertRefused(withLong(16, -1), "offset is -1");
    assertRefused(withLong(16, Long.MAX_VALUE), "doesn't end where the trailer begins");
    assertRefused(withLong(16, SIZE), "doesn't end where the trailer begins");
    assertRefused(withLong(16, CMS_OFFSET - 1), "doesn't end where the trailer begins");
    assertRefused(withLong(16, 0), "doesn't end where the trailer begins");
  }

  @Test
  void lying_sizes_are_refused() {
    assertRefused(withLong(24, 0), "size is 0 bytes");
    assertRefused(withLong(24, -5), "size is 18446744073709551611 bytes");
    assertRefused(withLong(24, Trailer.MAX_CMS_SIZE + 1L), "expected 1 to ");
    assertRefused(withLong(24, Long.MAX_VALUE), "expected 1 to ");
    assertRefused(withLong(24, CMS_SIZE + 1), "doesn't end where the trailer begins");
  }
}

package dev.tiu.verity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SuperblockTest {
  private final Superblock superblock =
      new Superblock(VerityParameters.forSize(4096 * 77, new byte[256]), new UUID(1, 2));

  private byte[] written() {
    ByteBuffer out = ByteBuffer.allocate(Superblock.SIZE);
    superblock.writeTo(out);
    assertThat(out.hasRemaining()).isFalse();
    return out.array();
  }

  @Test
  void written_is_read_again() throws Exception {
    assertThat(Superblock.parse(ByteBuffer.wrap(written()))).isEqualTo(superblock);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, magic",
    "8, 2, version is 2",
    "12, 0, hash type is 0",
    "32, 1, algorithm",
    "64, 512, data block size is 512",
    "68, 8192, hash block size is 8192",
    "72, 0, data blocks is 0",
    "76, 1, data blocks is 4294967373",
    "80, 257, salt size is 257"
  })
  void field_that_is_not_supported_is_named(int offset, int value, String message) {
    byte[] bytes = written();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);

    assertThatThrownBy(() -> Superblock.parse(ByteBuffer.wrap(bytes)))
        .isInstanceOf(VerityException.class)
        .hasMessageContaining(message);
  }

  @Test
  void truncated_is_refused() {
    assertThatThrownBy(() -> Superblock.parse(ByteBuffer.wrap(written(), 0, 511)))
        .isInstanceOf(VerityException.class)
        .hasMessageContaining("511");
  }

  @Test
  void any_bytes_give_a_superblock_or_a_verity_exception() {
    long seed = 20261101;
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = written();
      for (int n = random.nextInt(4); n >= 0; n--) {
        bytes[random.nextInt(100)] = (byte) random.nextInt(256);
      }
      try {
        Superblock.parse(ByteBuffer.wrap(bytes));
      } catch (VerityException e) {
        refused++;
      }
    }
    assertThat(refused).as("seed %d", seed).isBetween(10_000, 19_999);
  }
}

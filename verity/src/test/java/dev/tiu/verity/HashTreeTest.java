package dev.tiu.verity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HashTreeTest {
  private static final UUID ID = UUID.fromString("11111111-2222-3333-4444-555555555555");
  private static final byte[] SALT = {0, (byte) 0xff};

  /** What veritysetup 2.6.1 printed for that many blocks of zeros. */
  @ParameterizedTest
  @CsvSource({
    "1, 6e2f94952624ca90c3ee5e37285f51a17fec08cba1f15be54a4650f8e38f5f5f",
    "2, 47a3ce1d8b8d2ad638eef9139a89c6617337a3fbd6447af9f257896420513ad7",
    "128, bc35a7416e21e8e1f4d776c8e980578ea72e2b5aaaebef326bcbd0e00885a094",
    "129, a8196b95ee03ed9718fee2a38f8626207ca14cb5dbcf086be5a3edcf3297702b"
  })
  void root_hash_of_zeros_is_veritysetups(int blocks, String rootHash) throws IOException {
    BlockReader zeros = BlockReader.of(new byte[blocks * 4096]);

    HashTree tree = HashTree.build(zeros, blocks * 4096L, SALT, ID, 2);

    assertThat(HexFormat.of().formatHex(tree.rootHash())).isEqualTo(rootHash);
  }

  @Test
  void tree_starts_with_its_superblock() throws Exception {
    HashTree tree = HashTree.build(BlockReader.of(new byte[8192]), 8192, SALT, ID, 1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    tree.writeTo(Channels.newChannel(out));

    assertThat(out.size()).isEqualTo(8192).isEqualTo((int) tree.sizeOnDisk());
    assertThat(Superblock.parse(ByteBuffer.wrap(out.toByteArray()))).isEqualTo(tree.superblock());
    assertThat(tree.superblock().parameters().salt()).isEqualTo(SALT);
    assertThat(tree.superblock().uuid()).isEqualTo(ID);
  }

  @Test
  void data_that_ends_early_fails_with_the_readers_exception() {
    BlockReader tooShort = BlockReader.of(new byte[4096 * 1000]);

    assertThatThrownBy(() -> HashTree.build(tooShort, 4096L * 1001, SALT, ID, 2))
        .isInstanceOf(EOFException.class);
  }

  @Test
  void data_of_no_or_half_a_block_is_refused() {
    BlockReader nothing = BlockReader.of(new byte[0]);

    assertThatThrownBy(() -> HashTree.build(nothing, 0, SALT, ID, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 33554432: 0");
    assertThatThrownBy(() -> HashTree.build(nothing, 2048, SALT, ID, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2048");
  }

  @Test
  void failed_build_returns_when_no_thread_reads_any_more() {
    AtomicInteger reading = new AtomicInteger();
    BlockReader failing =
        (offset, dst) -> {
          reading.incrementAndGet();
          try {
            if (offset == 0) {
              throw new IOException("broken disk");
            }
            Thread.sleep(20);
            dst.position(dst.limit());
          } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
          } finally {
            reading.decrementAndGet();
          }
        };

    assertThatThrownBy(() -> HashTree.build(failing, 64L << 20, SALT, ID, 4))
        .isInstanceOf(IOException.class)
        .hasMessage("broken disk");
    assertThat(reading).hasValue(0);
  }
}

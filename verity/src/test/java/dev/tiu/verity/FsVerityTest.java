package dev.tiu.verity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FsVerityTest {
  /** What fsverity 1.5 printed for an empty file. */
  private static final String EMPTY =
      "3d248ca542a24fc62d1c43b916eae5016878e2533c88238480b26128a1f1af95";

  private static byte[] random(int size) {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    return content;
  }

  @Test
  void empty_content_has_the_known_digest() {
    assertThat(HexFormat.of().formatHex(FsVerity.digest(new byte[0]))).isEqualTo(EMPTY);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4095, 4096, 4097, 128 * 4096, 128 * 4096 + 1, 3_000_000})
  void pieces_do_not_matter(int size) throws IOException {
    byte[] content = random(size);
    byte[] whole = FsVerity.digest(content);
    FsVerity.Digester digester = new FsVerity.Digester();
    Random cuts = new Random(3);

    for (int round = 0; round < 3; round++) {
      for (int at = 0; at < size; ) {
        int n = Math.min(size - at, 1 + cuts.nextInt(20_000));
        ByteBuffer piece = ByteBuffer.wrap(content, at, n);
        digester.update(
            round == 1 ? ByteBuffer.allocateDirect(n).put(piece).flip() : piece.slice());
        at += n;
      }
      assertThat(digester.finish()).isEqualTo(whole);
    }
    assertThat(FsVerity.digest(new ByteArrayInputStream(content))).isEqualTo(whole);
    assertThat(FsVerity.digest(BlockReader.of(content), size)).isEqualTo(whole);
  }

  @Test
  void read_only_buffers_are_taken() {
    byte[] content = random(10_000);
    FsVerity.Digester digester = new FsVerity.Digester();

    digester.update(ByteBuffer.wrap(content).asReadOnlyBuffer());

    assertThat(digester.finish()).isEqualTo(FsVerity.digest(content));
  }

  @Test
  void holes_count_as_zeros_wherever_they_are() {
    long seed = 4;
    Random random = new Random(seed);
    FsVerity.Digester holes = new FsVerity.Digester();
    FsVerity.Digester bytes = new FsVerity.Digester();
    int[] sizes = {1, 4095, 4096, 4097, 127 * 4096, 128 * 4096, 129 * 4096 + 3, 600 * 4096, 0};
    for (int round = 0; round < 60; round++) {
      for (int i = random.nextInt(4); i >= 0; i--) {
        byte[] content = random(sizes[random.nextInt(sizes.length)]);
        int hole = sizes[random.nextInt(sizes.length)];
        holes.update(ByteBuffer.wrap(content));
        holes.updateZeros(hole);
        bytes.update(ByteBuffer.wrap(content));
        bytes.update(ByteBuffer.allocate(hole));
      }
      assertThat(holes.finish()).as("seed %d, round %d", seed, round).isEqualTo(bytes.finish());
    }
  }

  @Test
  void hole_of_the_largest_size_takes_no_time() {
    FsVerity.Digester digester = new FsVerity.Digester();

    digester.updateZeros(Long.MAX_VALUE);

    assertThat(digester.finish()).hasSize(32);
  }

  @Test
  void reset_forgets() {
    FsVerity.Digester digester = new FsVerity.Digester();
    digester.update(ByteBuffer.wrap(random(700_000)));

    digester.reset();

    assertThat(digester.finish()).isEqualTo(FsVerity.digest(new byte[0]));
  }

  @Test
  void one_flipped_bit_changes_the_digest() {
    byte[] content = random(1_000_000);
    byte[] before = FsVerity.digest(content);
    byte[] changed = Arrays.copyOf(content, content.length);
    changed[999_999] ^= 1;

    assertThat(FsVerity.digest(changed)).isNotEqualTo(before);
  }
}

package dev.tiu.verity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Data of 300 blocks, so its tree has two levels:
 *
 * <pre>
 *   tree block 0   superblock
 *              1   level 2: three digests
 *            2-4   level 1: 128 + 128 + 44 digests
 * </pre>
 */
final class VerifiedBlocksTest {
  private static final int BLOCKS = 300;

  private final byte[] data = new byte[BLOCKS * 4096];
  private byte[] tree = new byte[0];
  private byte[] rootHash = new byte[0];
  private final VerityParameters parameters =
      VerityParameters.forSize(data.length, new byte[] {1, 2, 3});

  @BeforeEach
  void build() throws IOException {
    new Random(1).nextBytes(data);
    HashTree built =
        HashTree.build(BlockReader.of(data), data.length, parameters.salt(), new UUID(0, 0), 2);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    built.writeTo(Channels.newChannel(out));
    tree = out.toByteArray();
    rootHash = built.rootHash();
  }

  private VerifiedBlocks open() {
    return new VerifiedBlocks(BlockReader.of(data), BlockReader.of(tree), parameters, rootHash);
  }

  private byte[] read(VerifiedBlocks blocks, long offset, int length) throws IOException {
    ByteBuffer dst = ByteBuffer.allocate(length);
    blocks.read(offset, dst);
    assertThat(dst.hasRemaining()).isFalse();
    return dst.array();
  }

  @Test
  void any_range_reads_as_the_data_is() throws IOException {
    VerifiedBlocks blocks = open();
    assertThat(blocks.size()).isEqualTo(data.length);
    Random random = new Random(2);
    for (int i = 0; i < 300; i++) {
      int offset = random.nextInt(data.length);
      int length = random.nextInt(Math.min(20_000, data.length - offset) + 1);
      assertThat(read(blocks, offset, length))
          .isEqualTo(Arrays.copyOfRange(data, offset, offset + length));
    }
    assertThat(read(blocks, 0, data.length)).isEqualTo(data);
  }

  @Test
  void range_longer_than_a_piece_reads_as_the_data_is() throws IOException {
    assertThat(read(open(), 1, data.length - 2))
        .isEqualTo(Arrays.copyOfRange(data, 1, data.length - 1));
  }

  @Test
  void flipped_bit_in_the_data_names_block_and_digests() throws IOException {
    data[131 * 4096 + 4095] ^= 1;
    VerifiedBlocks blocks = open();
    byte[] before = read(blocks, 0, 131 * 4096);

    BlockMismatchException e =
        catchThrowableOfType(BlockMismatchException.class, () -> read(blocks, 131 * 4096L - 5, 6));

    assertThat(before).hasSize(131 * 4096);
    assertThat(e.level()).isZero();
    assertThat(e.offset()).isEqualTo(131 * 4096L);
    assertThat(e.expected()).hasSize(64).isNotEqualTo(e.found());
    assertThat(e).hasMessageContainingAll("data block at offset 536576", e.expected(), e.found());
  }

  @Test
  void flipped_bit_in_the_tree_names_level_and_offset() {
    tree[3 * 4096 + 17] ^= 1;

    BlockMismatchException e =
        catchThrowableOfType(BlockMismatchException.class, () -> read(open(), 200 * 4096, 1));

    assertThat(e.level()).isEqualTo(1);
    assertThat(e.offset()).isEqualTo(3 * 4096L);
    assertThat(e).hasMessageContaining("level 1 at offset 12288 of the tree");
  }

  @Test
  void other_root_hash_fails_at_the_top_of_the_tree() {
    rootHash[0] ^= 1;

    BlockMismatchException e =
        catchThrowableOfType(BlockMismatchException.class, () -> read(open(), 0, 1));

    assertThat(e.level()).isEqualTo(2);
    assertThat(e.offset()).isEqualTo(4096L);
  }

  @Test
  void failed_read_leaves_no_unchecked_byte_behind() {
    data[4096] ^= 1;
    ByteBuffer aligned = ByteBuffer.allocate(3 * 4096).position(4096);
    ByteBuffer unaligned = ByteBuffer.allocate(5000);

    assertThatThrownBy(() -> open().read(4096, aligned)).isInstanceOf(BlockMismatchException.class);
    assertThatThrownBy(() -> open().read(4096, unaligned))
        .isInstanceOf(BlockMismatchException.class);

    assertThat(aligned.position()).isEqualTo(4096);
    assertThat(aligned.array()).containsOnly(0);
    assertThat(unaligned.position()).isZero();
    assertThat(unaligned.array()).containsOnly(0);
  }

  @Test
  void range_past_the_end_is_refused() {
    assertThatThrownBy(() -> read(open(), data.length - 1, 2))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("2 bytes at offset 1228799");
    assertThatThrownBy(() -> read(open(), -1, 2)).isInstanceOf(EOFException.class);
  }

  @Test
  void single_block_is_checked_against_the_root_hash_itself() throws IOException {
    byte[] one = Arrays.copyOf(data, 4096);
    HashTree built = HashTree.build(BlockReader.of(one), 4096, new byte[0], new UUID(0, 0), 1);
    BlockReader noTree = BlockReader.of(new byte[0]);
    VerityParameters single = VerityParameters.forSize(4096, new byte[0]);
    VerifiedBlocks blocks =
        new VerifiedBlocks(BlockReader.of(one), noTree, single, built.rootHash());

    assertThat(read(blocks, 0, 4096)).isEqualTo(one);
    one[9] ^= 1;
    assertThatThrownBy(() -> read(blocks, 0, 1)).isInstanceOf(BlockMismatchException.class);
  }

  @Test
  void tree_ranges_are_what_reading_needs_and_no_more() throws IOException {
    VerifiedBlocks blocks = open();
    List<ByteRange> kept =
        List.of(new ByteRange(4096 * 10 + 5, 9000), new ByteRange(data.length - 1, 1));

    List<ByteRange> needed = blocks.treeRanges(kept);

    assertThat(needed)
        .containsExactly(ByteRange.between(4096, 3 * 4096), ByteRange.between(4 * 4096, 5 * 4096));
    Arrays.fill(tree, 0, 4096, (byte) 0);
    Arrays.fill(tree, 3 * 4096, 4 * 4096, (byte) 0);
    VerifiedBlocks skeleton = open();
    for (ByteRange range : kept) {
      assertThat(read(skeleton, range.offset(), (int) range.length())).isNotEmpty();
    }
    assertThatThrownBy(() -> read(skeleton, 200 * 4096, 1))
        .isInstanceOf(BlockMismatchException.class);
    assertThat(blocks.treeRanges(List.of())).isEmpty();
  }

  @Test
  void hash_blocks_are_read_once() throws IOException {
    List<Long> reads = new ArrayList<>();
    BlockReader counted =
        (offset, dst) -> {
          reads.add(offset);
          BlockReader.of(tree).read(offset, dst);
        };
    VerifiedBlocks blocks = new VerifiedBlocks(BlockReader.of(data), counted, parameters, rootHash);

    read(blocks, 0, data.length);
    read(blocks, 77, 100_000);

    assertThat(reads).containsExactlyInAnyOrder(4096L, 2 * 4096L, 3 * 4096L, 4 * 4096L);
  }

  @Test
  void threads_read_at_the_same_time() throws Exception {
    VerifiedBlocks blocks = open();
    ExecutorService executor = Executors.newFixedThreadPool(4);
    try {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        Random random = new Random(t);
        results.add(
            executor.submit(
                () -> {
                  boolean equal = true;
                  for (int i = 0; i < 200; i++) {
                    int offset = random.nextInt(data.length - 10_000);
                    byte[] expected = Arrays.copyOfRange(data, offset, offset + 10_000);
                    equal &= Arrays.equals(read(blocks, offset, 10_000), expected);
                  }
                  return equal;
                }));
      }
      for (Future<Boolean> result : results) {
        assertThat(result.get()).isTrue();
      }
    } finally {
      executor.shutdownNow();
    }
  }

  /** Tree reads as offset and length, both in blocks. */
  private VerifiedBlocks recording(List<String> reads) {
    return recording(reads, 100);
  }

  private VerifiedBlocks recording(List<String> reads, int remembered) {
    BlockReader counted =
        (offset, dst) -> {
          reads.add(offset / 4096 + "+" + dst.remaining() / 4096);
          BlockReader.of(tree).read(offset, dst);
        };
    return new VerifiedBlocks(BlockReader.of(data), counted, parameters, rootHash, remembered);
  }

  @Test
  void prefetched_hash_blocks_take_one_read_and_no_later_one() throws IOException {
    List<String> reads = new ArrayList<>();
    List<ByteRange> announced = new ArrayList<>();
    VerifiedBlocks blocks = recording(reads);

    blocks.prefetch(List.of(new ByteRange(0, data.length)), announced::addAll);
    byte[] found = read(blocks, 0, data.length);

    assertThat(found).isEqualTo(data);
    assertThat(announced).containsExactly(new ByteRange(4096, 4 * 4096));
    assertThat(reads).containsExactly("1+4");
  }

  @Test
  void prefetch_reads_only_what_the_ranges_need_and_nothing_twice() throws IOException {
    List<String> reads = new ArrayList<>();
    VerifiedBlocks blocks = recording(reads);

    blocks.prefetch(List.of(new ByteRange(299 * 4096, 1)), ranges -> {});
    blocks.prefetch(List.of(new ByteRange(200 * 4096, 100 * 4096)), ranges -> {});
    read(blocks, 200 * 4096, 100 * 4096);

    assertThat(reads).containsExactly("1+1", "4+1", "3+1");
  }

  @Test
  void prefetch_of_a_changed_hash_block_names_it() {
    tree[3 * 4096 + 17] ^= 1;
    VerifiedBlocks blocks = open();

    BlockMismatchException e =
        catchThrowableOfType(
            BlockMismatchException.class,
            () -> blocks.prefetch(List.of(new ByteRange(0, data.length)), ranges -> {}));

    assertThat(e.level()).isEqualTo(1);
    assertThat(e.offset()).isEqualTo(3 * 4096L);
  }

  @Test
  void expected_hash_blocks_beyond_the_room_come_together_when_needed() throws IOException {
    List<String> reads = new ArrayList<>();
    VerifiedBlocks blocks = recording(reads, 2);

    blocks.prefetch(List.of(new ByteRange(0, data.length)), ranges -> {});
    byte[] found = read(blocks, 128 * 4096, 172 * 4096);

    assertThat(found).isEqualTo(Arrays.copyOfRange(data, 128 * 4096, data.length));
    // Blocks 1 and 2 have room; 3 and 4 displace them, and 1 is read again to check them.
    assertThat(reads).startsWith("1+2", "3+2");
  }
}

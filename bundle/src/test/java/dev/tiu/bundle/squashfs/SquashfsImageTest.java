package dev.tiu.bundle.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tiu.linux.BytePath;
import dev.tiu.verity.BlockReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What reading an image promises, on one that was written byte by byte. */
class SquashfsImageTest {
  private final HandMadeImage made = HandMadeImage.write();
  private final byte[] image = made.bytes();

  @Test
  void sound_image_is_read() throws IOException {
    SquashfsImage squashfs = Images.open(image);
    Tree tree = squashfs.readTree();
    assertThat(tree.entries().keySet().stream().map(BytePath::toString))
        .containsExactly(".", "file", "link", "sub", "sub/node", "sub/twin");
    Inode file = tree.get(BytePath.of("file")).orElseThrow();
    assertThat(tree.get(BytePath.of("sub/twin"))).containsSame(file);
    assertThat(file.uid()).isEqualTo(1000);
    assertThat(Images.content(squashfs, (Inode.RegularFile) file))
        .isEqualTo(HandMadeImage.content());
    Map<String, byte[]> xattrs = tree.get(BytePath.of("link")).orElseThrow().xattrs();
    assertThat(xattrs).containsOnlyKeys("security.a", "user.b");
    assertThat(xattrs.get("user.b")).isEqualTo(ascii("one"));
  }

  @Test
  void image_of_9_gib_is_read() throws IOException {
    HandMadeImage large = HandMadeImage.writeWithGap(9L << 30);
    SquashfsImage squashfs =
        SquashfsImage.open(large.reader(), large.size(), SquashfsImage.Limits.DEFAULT);
    Inode file = squashfs.readTree().get(BytePath.of("file")).orElseThrow();
    assertThat(Images.content(squashfs, (Inode.RegularFile) file))
        .isEqualTo(HandMadeImage.content());
    assertThat(squashfs.blocks((Inode.RegularFile) file).get(0).offset()).isGreaterThan(9L << 30);
  }

  @Test
  void tree_is_read_from_the_metadata_ranges_alone() throws IOException {
    byte[] skeleton = new byte[image.length];
    for (var range : Images.open(image).metadataRanges()) {
      System.arraycopy(
          image, (int) range.offset(), skeleton, (int) range.offset(), (int) range.length());
    }
    assertThat(Images.open(skeleton).readTree().entries().keySet())
        .isEqualTo(Images.open(image).readTree().entries().keySet());
    assertThat(skeleton).isNotEqualTo(image);
  }

  @Test
  void truncated_image_is_refused_wherever_it_ends() {
    for (int length = 0; length < image.length; length++) {
      byte[] cut = Arrays.copyOf(image, length);
      SquashfsException refusal =
          catchThrowableOfType(SquashfsException.class, () -> Images.open(cut).readTree());
      assertThat(refusal).as("image of %d bytes", length).isNotNull();
    }
  }

  @ParameterizedTest
  @CsvSource({"4095, unpacks to 4095 bytes", "4097, doesn't end after 4096 bytes"})
  void data_block_that_unpacks_to_another_size_is_refused(int size, String problem)
      throws IOException {
    byte[] packed = HandMadeImage.deflate(new byte[size], 0, size);
    System.arraycopy(packed, 0, image, made.at("block 1"), packed.length);
    SquashfsImage squashfs = Images.open(image);
    Inode.RegularFile file =
        (Inode.RegularFile) squashfs.readTree().get(BytePath.of("file")).orElseThrow();
    ByteBuffer content = ByteBuffer.allocate(3 * HandMadeImage.BLOCK).position(5);
    SquashfsException refusal =
        catchThrowableOfType(SquashfsException.class, () -> squashfs.read(file, 1, content));
    assertThat(refusal).hasMessageContaining(problem);
    assertThat(refusal.offset()).isEqualTo(made.at("block 1"));
    assertThat(content.position()).isEqualTo(5);
    assertThat(content.limit()).isEqualTo(content.capacity());
  }

  @Test
  void fragment_too_short_for_a_tail_end_is_refused() throws IOException {
    image[made.at("fragment block") + 10] = 106;
    SquashfsImage squashfs = Images.open(image);
    Inode.RegularFile file =
        (Inode.RegularFile) squashfs.readTree().get(BytePath.of("file")).orElseThrow();
    ByteBuffer content = ByteBuffer.allocate(HandMadeImage.BLOCK);
    SquashfsException refusal =
        catchThrowableOfType(SquashfsException.class, () -> squashfs.read(file, 2, content));
    assertThat(refusal)
        .hasMessageContaining("unpacks to 106 bytes, but a tail end of 100 starts at 7");
  }

  @ParameterizedTest
  @CsvSource({
    "4, 1048576, 100, 4095, 100, 100, superblock, 5 inodes",
    "5, 150, 100, 4095, 100, 100, inode table, larger than the limit allows",
    "5, 1048576, 5, 4095, 100, 100, listing of inode 3, limits are 5",
    "5, 1048576, 100, 7, 100, 100, listing of inode 3, limits are 100",
    "5, 1048576, 100, 4095, 10, 100, listing of inode 5, limits are 100",
    "5, 1048576, 100, 4095, 100, 1, listing of inode 5, deeper than the limit of 1",
  })
  void more_than_a_limit_is_refused(
      int inodes,
      int metadata,
      int entries,
      int pathLength,
      long pathBytes,
      int depth,
      String structure,
      String problem) {
    SquashfsImage.Limits limits =
        new SquashfsImage.Limits(
            inodes, metadata, entries, pathLength, pathBytes, depth, 4095, 10, 10);
    SquashfsException refusal =
        catchThrowableOfType(
            SquashfsException.class,
            () -> SquashfsImage.open(BlockReader.of(image), image.length, limits).readTree());
    assertThat(refusal).isNotNull().hasMessageContaining(problem);
    assertThat(refusal.structure()).isEqualTo(structure);
  }

  @Test
  void limits_shrink_with_the_heap_and_never_exceed_the_default() {
    SquashfsImage.Limits small = SquashfsImage.Limits.forHeap(64 << 20);
    assertThat(small.maxInodes()).isEqualTo(65_536);
    assertThat(small.maxMetadataBytes()).isEqualTo(8 << 20);
    assertThat(SquashfsImage.Limits.forHeap(1L << 50)).isEqualTo(SquashfsImage.Limits.DEFAULT);
    assertThat(small.withMaxInodes(10).maxInodes()).isEqualTo(10);
    assertThat(small.withMaxInodes(1 << 20)).isEqualTo(small);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

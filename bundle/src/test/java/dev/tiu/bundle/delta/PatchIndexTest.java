package dev.tiu.bundle.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class PatchIndexTest {
  private static final int PATCHES = 2 * PatchIndex.OLD_FILE;
  private static final int SEGMENTS = PATCHES + 2 * PatchIndex.PATCH;
  private static final int THIRD_SEGMENT = SEGMENTS + 2 * PatchIndex.SEGMENT;

  private static PatchIndex parse(ByteBuffer index) {
    byte[] bytes = new byte[index.capacity()];
    index.get(0, bytes);
    return PatchIndex.of(bytes, Samples.counts(2, 2, 3), 60);
  }

  private static void assertRefused(ByteBuffer index, String message) {
    assertThatThrownBy(() -> parse(index))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void patches_are_found_by_the_new_content() {
    PatchIndex index = parse(Samples.index());
    Patch patch = index.find(Samples.digest(9)).orElseThrow();
    assertThat(patch.size()).isEqualTo(1200);
    assertThat(patch.segments())
        .containsExactly(
            new Segment(0, 1000, new OldRange(Samples.digest(2), 3000, 500, 1000), 10, 20, 0),
            new Segment(1000, 200, new OldRange(Samples.digest(2), 3000, 0, 8), 30, 30, 210));
    assertThat(index.find(Samples.digest(7))).isEmpty();
    assertThat(index.buffers()).isEqualTo(new PatchReader.Buffers(1000, 30, 210));
  }

  @Test
  void old_files_must_be_sorted_and_different() {
    assertRefused(Samples.index().put(PatchIndex.OLD_FILE, new byte[32]), "isn't sorted");
    assertRefused(
        Samples.index().put(PatchIndex.OLD_FILE, Samples.digest(1).bytes()), "isn't sorted");
  }

  @Test
  void same_content_twice_is_refused() {
    assertRefused(
        Samples.index().put(PATCHES, Samples.digest(9).bytes()), "the same content as patch 0");
  }

  @Test
  void segments_must_be_shared_out_exactly() {
    assertRefused(Samples.index().putInt(PATCHES + 40, 0), "patch 0 has 0 segments");
    assertRefused(Samples.index().putInt(PATCHES + 40, 4), "patch 0 has 4 segments, 3 are left");
    assertRefused(Samples.index().putInt(PATCHES + 40, -1), "patch 0 has 4294967295 segments");
    ByteBuffer tooFew = Samples.index().putInt(PATCHES + PatchIndex.PATCH + 40, 1);
    assertRefused(tooFew, "3 segments, the patches have 2");
  }

  @Test
  void segments_must_fill_their_file() {
    assertRefused(Samples.index().putLong(PATCHES + 32, 91), "90 bytes for a file of 91");
    assertRefused(Samples.index().putLong(PATCHES + 32, -1), "for a file of -1");
    assertRefused(Samples.index().putInt(SEGMENTS, 0), "a segment of 0 bytes");
    assertRefused(Samples.index().putInt(SEGMENTS, Segment.MAX_SIZE + 1), "a segment of 4194305");
  }

  @Test
  void stored_bytes_must_be_those_of_the_data() {
    assertRefused(Samples.index().putInt(SEGMENTS + 4, 0), "segment 0 is stored in 0 bytes");
    assertRefused(Samples.index().putInt(SEGMENTS + 4, 61), "stored in 61 bytes, 60 are left");
    assertRefused(Samples.index().putInt(SEGMENTS + 4, -1), "stored in 4294967295 bytes");
    assertRefused(Samples.index().putInt(SEGMENTS + 4, 9), "60 stored bytes, the segments have 59");
  }

  @Test
  void old_ranges_must_lie_in_their_file() {
    assertRefused(Samples.index().putInt(THIRD_SEGMENT + 12, 2), "old file 2 of 2");
    assertRefused(Samples.index().putInt(THIRD_SEGMENT + 12, -1), "old file 4294967295 of 2");
    assertRefused(Samples.index().putInt(THIRD_SEGMENT + 16, 7), "7 bytes at offset 0");
    assertRefused(Samples.index().putInt(THIRD_SEGMENT + 16, 3001), "3001 bytes at offset 0");
    assertRefused(Samples.index().putLong(THIRD_SEGMENT + 20, 2993), "8 bytes at offset 2993");
    assertRefused(Samples.index().putLong(THIRD_SEGMENT + 20, -1), "8 bytes at offset -1");
  }

  @Test
  void difference_is_bounded_by_its_segment() {
    assertRefused(Samples.index().putInt(THIRD_SEGMENT + 8, 365), "a difference of 365 bytes");
    assertRefused(Samples.index().putInt(THIRD_SEGMENT + 8, -1), "a difference of -1 bytes");
  }

  @Test
  void index_that_does_not_unpack_is_refused_with_its_place() throws Exception {
    DeltaManifest manifest = Samples.manifest();
    assertThatThrownBy(() -> PatchIndex.parse(new byte[100], manifest, "x.tiud"))
        .isInstanceOf(DeltaException.class)
        .hasMessageStartingWith("x.tiud: index of patches at offset " + manifest.index().offset());
  }
}

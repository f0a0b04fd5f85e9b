package dev.tiu.bundle.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.bundle.Part;
import dev.tiu.verity.BlockReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class PatchReaderTest {
  private static final SegmentEncoder ENCODER = new SegmentEncoder(3);

  /** Program-like content, for which a difference pays. */
  private static final byte[] OLD = Samples.random(200_000);

  private static final byte[] NEXT = Samples.rebuilt(OLD);

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Segment segment(byte[] old, byte[] next, SegmentEncoder.Packed packed) {
    return new Segment(
        0,
        next.length,
        new OldRange(Samples.digest(1), old.length, 0, old.length),
        0,
        packed.stored().length,
        packed.differenceSize());
  }

  private static byte[] read(Segment segment, byte[] stored, byte[] old) throws IOException {
    PatchReader.Buffers buffers =
        new PatchReader.Buffers(
            segment.old().length(), segment.storedSize(), segment.differenceSize());
    ByteBuffer made = ByteBuffer.allocateDirect(segment.size() + 3).position(2);
    try (PatchReader reader = new PatchReader("x.tiud", BlockReader.of(stored), buffers)) {
      reader.read(segment, BlockReader.of(old), made);
    }
    assertThat(made.position()).isEqualTo(2 + segment.size());
    byte[] bytes = new byte[segment.size()];
    made.get(2, bytes);
    return bytes;
  }

  private static SegmentEncoder.Packed assertReadsBack(byte[] old, byte[] next) throws IOException {
    SegmentEncoder.Packed packed = ENCODER.encode(old, next);
    assertThat(read(segment(old, next, packed), packed.stored(), old)).isEqualTo(next);
    return packed;
  }

  @Test
  void rebuilt_program_is_stored_as_a_small_difference() throws Exception {
    SegmentEncoder.Packed packed = assertReadsBack(OLD, NEXT);
    assertThat(packed.differenceSize()).isPositive();
    assertThat(packed.stored()).hasSizeLessThan(NEXT.length / 20);
  }

  @Test
  void text_is_stored_whichever_way_is_smaller() throws Exception {
    byte[] old = text("the quick brown fox ".repeat(20));
    assertThat(assertReadsBack(old, text("the slow brown fox ".repeat(19))).stored())
        .hasSizeLessThan(60);
    assertReadsBack(old, text("x"));
    assertReadsBack(text("12345678"), Samples.random(5000));
  }

  @Test
  void same_content_takes_next_to_nothing() throws Exception {
    assertThat(assertReadsBack(OLD, OLD).stored()).hasSizeLessThan(100);
  }

  @Test
  void long_runs_of_zeros_are_no_trap() throws Exception {
    byte[] next = new byte[1 << 20];
    next[500_000] = 1;
    assertThat(assertReadsBack(new byte[2 << 20], next).stored()).hasSizeLessThan(300);
  }

  /** The first bytes are those by which zstd knows a dictionary of its own making. */
  @Test
  void old_file_that_is_a_zstd_dictionary_is_taken_as_bytes() throws Exception {
    byte[] old = OLD.clone();
    ByteBuffer.wrap(old).put(new byte[] {0x37, (byte) 0xa4, 0x30, (byte) 0xec});
    assertReadsBack(old, Samples.rebuilt(old));
    byte[] text = text("text ".repeat(100));
    ByteBuffer.wrap(text).put(new byte[] {0x37, (byte) 0xa4, 0x30, (byte) 0xec});
    assertReadsBack(text, Arrays.copyOfRange(text, 3, 400));
  }

  @Test
  void old_file_that_is_too_short_is_refused() throws Exception {
    SegmentEncoder.Packed packed = ENCODER.encode(OLD, NEXT);
    Segment segment = segment(OLD, NEXT, packed);
    byte[] cut = Arrays.copyOf(OLD, OLD.length - 1);
    assertThatThrownBy(() -> read(segment, packed.stored(), cut))
        .isInstanceOfSatisfying(
            DeltaException.class, e -> assertThat(e.part()).isEqualTo(Part.PATCHES))
        .hasMessageContaining("is shorter than 200000 bytes");
  }

  @Test
  void bytes_that_are_no_frame_are_refused() {
    Segment segment = segment(OLD, NEXT, new SegmentEncoder.Packed(new byte[50], 0));
    assertThatThrownBy(() -> read(segment, new byte[50], OLD))
        .isInstanceOf(DeltaException.class)
        .hasMessageContaining("it can't be unpacked");
  }

  @Test
  void frame_of_another_size_is_refused() throws Exception {
    SegmentEncoder.Packed packed = ENCODER.encode(text("12345678"), text("abcdefghij"));
    Segment longer = segment(text("12345678"), new byte[200], packed);
    assertThatThrownBy(() -> read(longer, packed.stored(), text("12345678")))
        .isInstanceOf(DeltaException.class)
        .hasMessageContaining("expected 2");
  }
}

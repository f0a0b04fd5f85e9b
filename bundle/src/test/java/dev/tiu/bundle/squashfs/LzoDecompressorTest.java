package dev.tiu.bundle.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams written by hand, one per instruction; whole images are compared in SquashfsImageIT. */
class LzoDecompressorTest {
  private static final String END = "110000";

  @ParameterizedTest
  @CsvSource({
    // Literals in the first byte: 17 and their number.
    "1561626364, abcd",
    // Literals as an instruction: 3 and 1.
    "0161626364, abcd",
    // The same, long: 3 and 15 and 2.
    "0002 6162636465666768696a 6162636465666768696a, abcdefghijabcdefghij",
    // 3 or 4 bytes within 2 KiB: 4 at distance 1, and two literals.
    "1561626364 62007879, abcdddddxy",
    // 5 to 8 bytes within 2 KiB: 8 at distance 4.
    "1561626364 ec00, abcdabcdabcd",
    // Within 16 KiB: 2 and 5 at distance 3, and a literal.
    "1561626364 2509007a, abcdbcdbcdbz",
    // The same, long: 2 and 31 and 1 at distance 1.
    "1561626364 20010000, abcddddddddddddddddddddddddddddddddddd",
    // 2 bytes within 1 KiB, after two literals: distance 2, and a literal.
    "136162 05007a, ababz",
  })
  void instruction_is_unpacked(String packed, String content) throws CorruptBlockException {
    byte[] expected = content.getBytes(StandardCharsets.US_ASCII);
    byte[] stream = hex(packed + END);
    assertThat(unpack(stream, expected.length)).isEqualTo(expected);
    // With room to spare the copies take other ways.
    assertThat(unpack(stream, 4096)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    // 3 bytes within 2 to 3 KiB, after many literals.
    "3000, 0ced, 3",
    // 4 bytes beyond 16 KiB, and beyond 32 KiB.
    "17000, 12a009, 4",
    "40000, 1a0071, 4",
  })
  void far_match_is_unpacked(int literals, String match, int length) throws CorruptBlockException {
    byte[] run = new byte[literals];
    for (int i = 0; i < run.length; i++) {
      run[i] = (byte) (i * 31 / 7);
    }
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    int rest = literals - 18;
    stream.writeBytes(new byte[1 + rest / 255]);
    stream.write(rest % 255);
    stream.writeBytes(run);
    stream.writeBytes(hex(match + END));
    byte[] content = unpack(stream.toByteArray(), literals + length);
    assertThat(Arrays.copyOf(content, literals)).isEqualTo(run);
    assertThat(Arrays.copyOfRange(content, literals, literals + length))
        .isEqualTo(Arrays.copyOf(run, length));
  }

  @Test
  void stream_cut_off_anywhere_is_refused() {
    byte[] whole = hex("1561626364 2509007a 62007879 20010000" + END);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> unpack(cut, 4096))
          .as("cut to %d bytes", length)
          .isInstanceOf(CorruptBlockException.class)
          .hasMessageContaining("cut off");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1561626364 ff00, at distance 8",
    "1561626364 25ff7f, at distance 8192",
    "1561626364 ec00ec00ec00ec00ec00, match of 8 bytes",
    "3e 6162636465666768696a6162636465666768696a6162636465666768696a6162636465666768696a6162636465, "
        + "literals don't fit",
    "1561626364 11000000, bytes after the end",
  })
  void damaged_stream_is_refused(String packed, String problem) {
    assertThatThrownBy(() -> unpack(hex(packed + END), 40))
        .isInstanceOf(CorruptBlockException.class)
        .hasMessageContaining(problem);
  }

  private static byte[] unpack(byte[] packed, int room) throws CorruptBlockException {
    ByteBuffer content = ByteBuffer.allocate(room);
    new LzoDecompressor().unpack(ByteBuffer.wrap(packed), content);
    return Arrays.copyOf(content.array(), content.position());
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }
}

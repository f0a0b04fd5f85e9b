package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

final class DecompressionTest {
  private static final long HEAP = 64 << 20;
  private static final byte[] TEXT = "some text ".repeat(100).getBytes(StandardCharsets.US_ASCII);

  @FunctionalInterface
  private interface Packer {
    OutputStream open(OutputStream out) throws IOException;
  }

  private static byte[] packed(Packer packer) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = packer.open(packed)) {
      out.write(TEXT);
    }
    return packed.toByteArray();
  }

  private static Packer xz(int dictionary) throws IOException {
    LZMA2Options options = new LZMA2Options(0);
    options.setDictSize(dictionary);
    return out -> new XZOutputStream(out, options);
  }

  private static List<byte[]> archives() throws IOException {
    return List.of(
        packed(GZIPOutputStream::new), packed(xz(1 << 20)), packed(ZstdOutputStream::new));
  }

  private static byte[] unpack(byte[] packed, long heapBytes) throws IOException {
    return Decompression.detect(new ByteArrayInputStream(packed), "os.tar", heapBytes)
        .readAllBytes();
  }

  @Test
  void format_is_told_by_the_first_bytes() throws IOException {
    for (byte[] archive : archives()) {
      assertThat(unpack(archive, HEAP)).isEqualTo(TEXT);
    }
    assertThat(unpack(TEXT, HEAP)).isEqualTo(TEXT);
  }

  @Test
  void archive_cut_short_anywhere_is_named() throws IOException {
    for (byte[] archive : archives()) {
      for (int length = 6; length < archive.length; length++) {
        byte[] cut = Arrays.copyOf(archive, length);
        assertThatThrownBy(() -> unpack(cut, HEAP))
            .isInstanceOf(IOException.class)
            .hasMessageStartingWith("os.tar: its ")
            .hasMessageContaining("data can't be unpacked: ");
      }
    }
  }

  @Test
  void xz_that_asks_for_more_than_half_the_heap_is_refused() throws IOException {
    byte[] archive = packed(xz(40 << 20));
    assertThatThrownBy(() -> unpack(archive, HEAP))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("limit was 32768 KiB");
    assertThat(unpack(archive, 2 * HEAP)).isEqualTo(TEXT);
  }
}

package dev.tiu.bundle.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Each decompressor against another implementation's compressor; LZO has none in Java. */
class DecompressorTest {
  private static final int SIZE = 70_000;

  @ParameterizedTest
  @EnumSource(value = Compressor.class, mode = Mode.EXCLUDE, names = "LZO")
  void block_is_unpacked_to_any_kind_of_buffer(Compressor compressor) throws Exception {
    byte[] content = content();
    byte[] packed = pack(compressor, content);
    try (Decompressor decompressor = Decompressor.of(compressor)) {
      for (ByteBuffer source : new ByteBuffer[] {heap(packed), direct(packed)}) {
        if (source.isDirect() && !decompressor.takesDirect()) {
          continue;
        }
        for (ByteBuffer target :
            new ByteBuffer[] {
              ByteBuffer.allocate(SIZE + 20), ByteBuffer.allocateDirect(SIZE + 20)
            }) {
          target.position(9).limit(9 + SIZE);
          decompressor.unpack(source.duplicate(), target);
          assertThat(target.position()).isEqualTo(9 + SIZE);
          assertThat(target.flip().position(9)).isEqualTo(ByteBuffer.wrap(content));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = Compressor.class, mode = Mode.EXCLUDE, names = "LZO")
  void block_larger_than_the_room_is_refused(Compressor compressor) throws Exception {
    byte[] packed = pack(compressor, content());
    try (Decompressor decompressor = Decompressor.of(compressor)) {
      byte[] target = new byte[SIZE + 10];
      assertThatThrownBy(
              () -> decompressor.unpack(heap(packed), ByteBuffer.wrap(target, 0, SIZE - 1)))
          .isInstanceOf(CorruptBlockException.class);
      for (int i = SIZE - 1; i < target.length; i++) {
        assertThat(target[i]).as("byte %d", i).isZero();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = Compressor.class)
  void damaged_block_is_refused_or_unpacked_but_never_breaks_out(Compressor compressor)
      throws Exception {
    byte[] packed = compressor == Compressor.LZO ? content() : pack(compressor, content());
    Random random = new Random(99);
    try (Decompressor decompressor = Decompressor.of(compressor)) {
      ByteBuffer target = ByteBuffer.allocate(SIZE);
      for (int round = 0; round < 500; round++) {
        byte[] damaged = packed.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
        }
        ByteBuffer source = heap(damaged);
        source.limit(source.limit() - random.nextInt(2) * random.nextInt(damaged.length));
        try {
          decompressor.unpack(source, target.clear());
        } catch (CorruptBlockException e) {
          assertThat(e).hasMessageContaining(" ");
        }
      }
    }
  }

  @Test
  void xz_stream_that_wants_a_large_dictionary_is_refused() throws IOException {
    LZMA2Options options = new LZMA2Options(0);
    options.setDictSize(64 << 20);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (XZOutputStream xz = new XZOutputStream(packed, options)) {
      xz.write(new byte[100]);
    }
    assertThatThrownBy(
            () -> new XzDecompressor().unpack(heap(packed.toByteArray()), ByteBuffer.allocate(100)))
        .isInstanceOf(CorruptBlockException.class)
        .hasMessageContaining("needed");
  }

  private static byte[] pack(Compressor compressor, byte[] content) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    switch (compressor) {
      case GZIP -> packed.writeBytes(HandMadeImage.deflate(content, 0, content.length));
      case ZSTD -> packed.writeBytes(Zstd.compress(content));
      case XZ -> {
        try (XZOutputStream xz = new XZOutputStream(packed, new LZMA2Options(1))) {
          xz.write(content);
        }
      }
      case LZ4 -> {
        try (BlockLZ4CompressorOutputStream lz4 = new BlockLZ4CompressorOutputStream(packed)) {
          lz4.write(content);
        }
      }
      case LZO -> throw new IllegalArgumentException("nothing packs LZO here");
    }
    return packed.toByteArray();
  }

  /** Noise, long and short repetitions at all small distances, a long run. */
  private static byte[] content() {
    byte[] content = new byte[SIZE];
    Random random = new Random(7);
    random.nextBytes(content);
    int at = 5000;
    for (int distance = 1; at < 50_000; distance = distance % 40 + 1) {
      int length = 4 + random.nextInt(60);
      for (int i = 0; i < length; i++, at++) {
        content[at] = content[at - distance];
      }
      at += random.nextInt(4);
    }
    Arrays.fill(content, 55_000, 65_000, (byte) 'x');
    return content;
  }

  private static ByteBuffer heap(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.allocate(bytes.length + 3).position(3);
    buffer.put(bytes);
    return buffer.position(3);
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }
}

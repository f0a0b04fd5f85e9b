package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.verity.BlockReader;
import dev.tiu.verity.ByteRange;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class OverlaySourceTest {
  private final byte[] content = new byte[1000];
  private final List<ByteRange> far = new ArrayList<>();
  private final List<ByteRange> expected = new ArrayList<>();

  private OverlaySource open() {
    new Random(1).nextBytes(content);
    MemorySource memory = new MemorySource(content);
    return new OverlaySource(
        new ByteSource() {
          @Override
          public long size() {
            return memory.size();
          }

          @Override
          public String name() {
            return memory.name();
          }

          @Override
          public void read(long offset, ByteBuffer dst) throws IOException {
            far.add(new ByteRange(offset, dst.remaining()));
            memory.read(offset, dst);
          }

          @Override
          public void expect(List<ByteRange> ranges) {
            expected.addAll(ranges);
          }

          @Override
          public void close() {}
        });
  }

  private ByteSource near(BlockReader reader) {
    return new ByteSource() {
      @Override
      public long size() {
        return content.length;
      }

      @Override
      public String name() {
        return "near";
      }

      @Override
      public void read(long offset, ByteBuffer dst) throws IOException {
        reader.read(offset, dst);
      }

      @Override
      public void close() {}
    };
  }

  private byte[] read(OverlaySource source) throws IOException {
    ByteBuffer dst = ByteBuffer.allocate(content.length);
    source.read(0, dst);
    return dst.array();
  }

  @Test
  void what_lies_near_is_neither_read_nor_expected_far_away() throws IOException {
    OverlaySource source = open();
    source.cover(
        near(BlockReader.of(content)), List.of(new ByteRange(100, 200), new ByteRange(600, 400)));

    source.expect(List.of(new ByteRange(0, 1000)));

    assertThat(read(source)).isEqualTo(content);
    assertThat(far).containsExactly(new ByteRange(0, 100), new ByteRange(300, 300));
    assertThat(expected).isEqualTo(far);
  }

  @Test
  void what_cannot_be_read_near_is_read_far_away() throws IOException {
    OverlaySource source = open();
    source.cover(
        near(
            (offset, dst) -> {
              dst.put((byte) 0);
              throw new EOFException();
            }),
        List.of(new ByteRange(100, 200)));
    assertThat(read(source)).isEqualTo(content);
  }
}

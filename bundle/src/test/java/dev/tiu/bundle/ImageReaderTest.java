package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.bundle.squashfs.SquashfsImage;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ImageReaderTest {
  private static final long MIB = 1 << 20;

  /** A source that nothing may be read from. */
  private static final class Untouchable implements ByteSource {
    @Override
    public long size() {
      return Long.MAX_VALUE;
    }

    @Override
    public String name() {
      return "os.tiu";
    }

    @Override
    public void read(long offset, ByteBuffer dst) {
      throw new AssertionError("read at " + offset);
    }

    @Override
    public void close() {}
  }

  private static Manifest manifest(int inodes) {
    Manifest m = ManifestTest.manifest();
    Manifest.Image image = m.image();
    return new Manifest(
        m.format(),
        m.compatible(),
        m.version(),
        m.minVersion(),
        m.architecture(),
        m.created(),
        m.expires(),
        m.osRelease(),
        new Manifest.Image(
            image.size(),
            image.bytesUsed(),
            image.uncompressedBytes(),
            inodes,
            image.compression(),
            image.blockSize()),
        m.verity(),
        new Manifest.Table(
            m.contentTable().offset(),
            (long) inodes * ContentTable.ENTRY,
            m.contentTable().sha256()),
        Optional.empty(),
        m.imageOwned(),
        m.etcPolicies(),
        m.boot());
  }

  @Test
  void small_heap_refuses_a_large_image_before_reading_it() {
    ImageReader reader = new ImageReader(new Untouchable(), manifest(500_000), false, 64 * MIB);
    assertThatThrownBy(reader::open)
        .isInstanceOf(BundleException.class)
        .hasMessageStartingWith("os.tiu: squashfs image at offset 0: 500000 inodes")
        .hasMessageContainingAll("heap of 64 MiB", "enough for 65536 only", "-Xmx556m");
  }

  @Test
  void advice_on_the_heap_is_enough() {
    long usable = 556 * MIB * 29 / 30; // without a survivor space
    assertThat(ImageReader.limits(500_000, usable).maxInodes()).isEqualTo(500_000);
  }

  @Test
  void limits_are_those_of_the_heap_with_the_manifests_inodes() {
    SquashfsImage.Limits small = ImageReader.limits(500_000, 64 * MIB);
    assertThat(small).isEqualTo(SquashfsImage.Limits.forHeap(64 * MIB));
    SquashfsImage.Limits large = ImageReader.limits(3, 8192 * MIB);
    assertThat(large.maxInodes()).isEqualTo(3);
    assertThat(large.maxMetadataBytes()).isEqualTo(SquashfsImage.Limits.DEFAULT.maxMetadataBytes());
  }
}

package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any bytes can be walked as an archive, or are an IOException that names it. */
final class TarSourceFuzzTest {
  /** A sparse file of a few bytes can be exabytes long. */
  private static final int READ_AT_MOST = 1 << 20;

  /** Reads contents, checks sizes, keeps nothing. */
  private static final class Reader implements TreeSource.Visitor {
    private int entries;

    @Override
    public boolean entry(TreeEntry entry, InputStream content) throws IOException {
      entries++;
      assertThat(entry.size()).isNotNegative();
      int wanted = (int) Math.min(READ_AT_MOST, entry.size());
      assertThat(content.readNBytes(wanted)).hasSize(wanted);
      return true;
    }

    @Override
    public boolean wantsBelow(TreeEntry directory) {
      return true;
    }
  }

  private static int walk(byte[] archive, Reader reader) throws IOException {
    try (TreeSource source = new TarSource(new ByteArrayInputStream(archive), "fuzz")) {
      source.walk(reader);
    }
    return reader.entries;
  }

  @FuzzTest
  void walk(byte[] archive) {
    try {
      assertThat(walk(archive, new Reader())).isPositive();
    } catch (IOException e) {
      assertThat(e).hasMessageStartingWith("fuzz: ");
    }
  }

  /** With right checksums, without which hardly any change gets past the header. */
  @FuzzTest
  void walk_checked(byte[] archive) {
    byte[] checked = archive.clone();
    for (int at = 0; at + TarHeader.SIZE <= checked.length; at += TarHeader.SIZE) {
      byte[] block = Arrays.copyOfRange(checked, at, at + TarHeader.SIZE);
      if (block[TarHeader.MAGIC] == 'u') {
        System.arraycopy(TarBuilder.checked(block), 0, checked, at, TarHeader.SIZE);
      }
    }
    walk(checked);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "gzip", "xz", "zstd"})
  void seed_is_an_archive(String name) throws IOException {
    byte[] seed = FuzzSeeds.read(TarSourceFuzzTest.class, "walk", name);
    assertThat(walk(seed, new Reader())).isEqualTo(FuzzSeedWriter.TAR_ENTRIES);
  }

  @Test
  void seed_with_old_sparse_file_is_an_archive() throws IOException {
    byte[] seed = FuzzSeeds.read(TarSourceFuzzTest.class, "walk_checked", "gnu");
    assertThat(walk(seed, new Reader())).isEqualTo(2);
  }
}

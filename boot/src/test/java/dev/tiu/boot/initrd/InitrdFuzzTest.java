package dev.tiu.boot.initrd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged initrds. The seeds were written by cpio and the packers they are named after:
 *
 * <pre>
 * init
 * lib -> usr/lib
 * usr/lib/modules/6.1.0/kernel/fs/btrfs/btrfs.ko
 * </pre>
 */
class InitrdFuzzTest {
  private static byte[] resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(InitrdFuzzTest.class.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] seed(String name) {
    return resource("InitrdFuzzTestInputs/read/" + name);
  }

  private static InitrdContent content(byte[] initrd) throws InitrdFormatException {
    try {
      return InitrdContent.read(new ByteArrayInputStream(initrd));
    } catch (InitrdFormatException e) {
      throw e;
    } catch (IOException e) {
      throw new AssertionError("not declared", e);
    }
  }

  private static boolean isRead(byte[] initrd) {
    try {
      assertThat(content(initrd).versions()).isNotNull();
      return true;
    } catch (InitrdFormatException e) {
      assertThat(e).hasMessageMatching("at byte \\d+ of what is unpacked: (?s).+");
      return false;
    }
  }

  @FuzzTest
  void read(byte[] initrd) {
    boolean unused = isRead(initrd);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"plain", "gzip", "xz", "zstd", "lz4", "bzip2", "lzma", "microcode-then-zstd"})
  void every_packing_that_the_kernel_knows_is_read(String name) throws Exception {
    InitrdContent content = content(seed(name));
    assertThat(content.paths()).contains("init", "lib");
    assertThat(content.versions()).containsExactly("6.1.0");
    assertThat(content.modulesOf("6.1.0")).contains("kernel/fs/btrfs/btrfs.ko");
    assertThat(content.has("kernel/x86/microcode/GenuineIntel.bin"))
        .isEqualTo(name.startsWith("microcode"));
  }

  @Test
  void lzop_is_told_and_not_read() {
    assertThatThrownBy(() -> content(resource("initrd.lzo")))
        .isInstanceOf(InitrdFormatException.class)
        .hasMessage("at byte 0 of what is unpacked: compressed by lzop, which tiu doesn't read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "gzip", "xz", "zstd", "lz4", "bzip2", "lzma"})
  void initrd_that_is_cut_off_is_refused(String name) {
    byte[] seed = seed(name);
    // What comes behind an archive's last entry is padding.
    int trailer = new String(seed, ISO_8859_1).indexOf("TRAILER!!!");
    for (int length = 0; length < (trailer < 0 ? seed.length : trailer); length++) {
      assertThat(isRead(Arrays.copyOf(seed, length))).as("%s, %d bytes", name, length).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "gzip", "xz", "zstd", "lz4", "bzip2", "lzma"})
  void damaged_initrd_is_refused_or_read_but_never_breaks_the_reader(String name) {
    Random random = new Random(name.hashCode());
    byte[] seed = seed(name);
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      byte[] damaged = seed.clone();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        damaged[random.nextInt(Math.min(damaged.length, 1200))] = (byte) random.nextInt(256);
      }
      refused += isRead(damaged) ? 0 : 1;
    }
    assertThat(refused).as("with the seed of %s", name).isGreaterThan(30);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\0\0\0\0", "070701", "no archive at all"})
  void what_is_no_initrd_is_refused(String text) {
    assertThat(isRead(text.getBytes(ISO_8859_1))).isFalse();
  }

  @Test
  void name_of_more_than_a_path_is_refused_before_it_is_read() {
    String header = "070701" + "00000000".repeat(11) + "7fffffff" + "00000000";
    assertThatThrownBy(() -> content(header.getBytes(US_ASCII)))
        .hasMessageEndingWith("a name of 2147483647 bytes");
  }
}

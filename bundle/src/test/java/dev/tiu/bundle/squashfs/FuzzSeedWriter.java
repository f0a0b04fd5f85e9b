package dev.tiu.bundle.squashfs;

import dev.tiu.bundle.FuzzSeeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Writes the committed seeds anew; runs only when asked for by name ({@code
 * -Dtest=FuzzSeedWriter}), as its name isn't a test's. Needs mksquashfs.
 */
final class FuzzSeedWriter {
  @TempDir Path dir;

  @Test
  void hand_made() throws IOException {
    FuzzSeeds.write(SquashfsFuzzTest.class, "read", "hand-made", HandMadeImage.write().bytes());
  }

  /**
   * A small tree.
   *
   * <pre>
   * data        a block, a hole, a tail end
   * link        to sub/small
   * sub/small
   * </pre>
   */
  @ParameterizedTest
  @CsvSource({
    "gzip, -comp gzip",
    "xz, -comp xz -Xbcj x86",
    "zstd, -comp zstd",
    "lz4, -comp lz4",
    "lzo, -comp lzo",
    "plain, -comp gzip -noI -noD -noF -noX -noId"
  })
  void packed(String name, String options) throws IOException {
    Path source = Files.createDirectory(dir.resolve("source"));
    byte[] data = new byte[2 * 4096 + 99];
    for (int i = 0; i < 4096; i++) {
      data[i] = (byte) (i / 64 + i % 3);
    }
    data[data.length - 1] = 1;
    Files.write(source.resolve("data"), data);
    Files.createDirectory(source.resolve("sub"));
    Files.writeString(source.resolve("sub").resolve("small"), "small ".repeat(20));
    Files.createSymbolicLink(source.resolve("link"), Path.of("sub", "small"));
    Path image =
        Images.make(
            source,
            dir.resolve("image"),
            options + " -b 4096 -nopad -all-time 1700000000 -mkfs-time 1700000000 -all-root");
    FuzzSeeds.write(SquashfsFuzzTest.class, "read", name, Files.readAllBytes(image));
  }
}

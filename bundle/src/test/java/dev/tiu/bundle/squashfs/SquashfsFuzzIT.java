package dev.tiu.bundle.squashfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damage to images that mksquashfs made, in packed and in plain metadata, and in data. */
class SquashfsFuzzIT {
  @TempDir static Path temp;
  private static Path source;

  /**
   * A small tree with some of everything.
   *
   * <pre>
   * dir-0 … dir-9/     30 files each, of 0 to 1200 bytes, some with attributes
   * data               three blocks of 4 KiB, a hole, a tail end
   * link, fifo, null
   * </pre>
   */
  @BeforeAll
  static void makeTree() throws IOException {
    source = Files.createDirectory(temp.resolve("source"));
    for (int i = 0; i < 10; i++) {
      Path below = Files.createDirectory(source.resolve("dir-" + i));
      for (int j = 0; j < 30; j++) {
        Files.writeString(below.resolve("file-" + j), ("content " + j + "\n").repeat(i * j / 2));
      }
    }
    byte[] data = new byte[5 * 4096 + 99];
    for (int i = 0; i < 3 * 4096; i++) {
      data[i] = (byte) (i * i / 7);
    }
    data[data.length - 1] = 1;
    Files.write(source.resolve("data"), data);
    try (Dir dir = Dir.open(source)) {
      dir.makeSymlink(new byte[] {'d', 'a', 't', 'a'}, BytePath.of("link"));
      dir.makeNode(BytePath.of("fifo"), FileType.FIFO, 0600, 0, 0);
      dir.makeNode(BytePath.of("null"), FileType.CHARACTER_DEVICE, 0666, 1, 3);
      for (int i = 0; i < 10; i++) {
        dir.setXattr(BytePath.of("dir-" + i), "user.one", new byte[i * 10]);
        dir.setXattr(BytePath.of("dir-1/file-" + i), "trusted.two", new byte[100]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-comp gzip",
        "-comp xz",
        "-comp xz -Xbcj x86",
        "-comp zstd",
        "-comp lz4",
        "-comp lzo",
        "-comp zstd -noI -noX -noId",
        "-comp lz4 -noI -noD -noF -noX -noId"
      })
  void damaged_image_is_refused_or_read_but_never_breaks_the_reader(String options)
      throws IOException {
    Path path = Images.make(source, temp.resolve("image"), options + " -b 4096 -nopad");
    byte[] image = Files.readAllBytes(path);
    int inodeTable = (int) ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getLong(64);
    long second = TimeUnit.SECONDS.toNanos(1);
    Mutations metadata = new Mutations(image, 42, second, 16 << 20);
    metadata.run(1_500, inodeTable);
    assertThat(metadata.refused()).isGreaterThan(500);
    Mutations anywhere = new Mutations(image, 43, second, 16 << 20);
    anywhere.run(500, Superblock.SIZE);
    assertThat(anywhere.refused()).isGreaterThan(50);
  }
}

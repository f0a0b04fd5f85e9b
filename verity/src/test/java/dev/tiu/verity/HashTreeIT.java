package dev.tiu.verity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ours and veritysetup's, compared byte by byte. */
final class HashTreeIT {
  private static final UUID ID = UUID.fromString("01234567-89ab-cdef-0123-456789abcdef");

  @TempDir Path dir;

  @ParameterizedTest
  @CsvSource({
    "1, 32",
    "1, 0",
    "2, 32",
    "127, 32",
    "128, 32",
    "129, 0",
    "129, 256",
    "257, 1",
    "16384, 32",
    "16385, 32",
    "16385, 0"
  })
  void tree_equals_veritysetups(int blocks, int saltSize) throws Exception {
    Random random = new Random(blocks * 1000L + saltSize);
    byte[] data = new byte[blocks * 4096];
    random.nextBytes(data);
    byte[] salt = new byte[saltSize];
    random.nextBytes(salt);
    Path image = Files.write(dir.resolve("image"), data);

    String printed =
        Tools.run(
            dir,
            "veritysetup",
            "format",
            "--data-block-size=4096",
            "--hash-block-size=4096",
            "--hash=sha256",
            "--salt=" + (saltSize == 0 ? "-" : HexFormat.of().formatHex(salt)),
            "--uuid=" + ID,
            "image",
            "theirs");
    HashTree tree;
    try (FileChannel in = FileChannel.open(image)) {
      tree = HashTree.build(BlockReader.of(in), data.length, salt, ID, 2);
    }
    try (FileChannel out =
        FileChannel.open(
            dir.resolve("ours"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      tree.writeTo(out);
    }

    assertThat(printed).contains(HexFormat.of().formatHex(tree.rootHash()));
    assertThat(dir.resolve("ours")).hasSameBinaryContentAs(dir.resolve("theirs"));
    assertThat(Files.size(dir.resolve("ours")))
        .isEqualTo(tree.sizeOnDisk())
        .isEqualTo(HashTree.sizeOnDisk(blocks));
  }

  @Test
  void veritysetup_verifies_data_and_tree_in_one_file() throws Exception {
    byte[] data = new byte[1000 * 4096];
    new Random(7).nextBytes(data);
    Path image = Files.write(dir.resolve("image"), data);
    HashTree tree;
    try (FileChannel file =
        FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      tree = HashTree.build(BlockReader.of(file), data.length, new byte[32], ID, 3);
      tree.writeTo(file.position(data.length));
    }
    String root = HexFormat.of().formatHex(tree.rootHash());
    String[] verify = {
      "veritysetup", "verify", "image", "image", root, "--hash-offset=" + data.length
    };

    assertThat(Tools.attempt(dir, verify).exitCode()).isZero();

    try (FileChannel file = FileChannel.open(image, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), 500 * 4096L);
    }
    assertThat(Tools.attempt(dir, verify).exitCode()).isNotZero();
  }
}

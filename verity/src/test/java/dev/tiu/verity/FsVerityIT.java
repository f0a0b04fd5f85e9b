package dev.tiu.verity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ours and the digest that the fsverity tool prints. */
final class FsVerityIT {
  @TempDir Path dir;

  /** A random head, a hole and a random last byte, as far as they fit. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        1,
        4095,
        4096,
        4097,
        128 * 4096 - 1,
        128 * 4096,
        128 * 4096 + 1,
        129 * 4096,
        128 * 128 * 4096,
        128 * 128 * 4096 + 1
      })
  void digest_equals_the_tools(long size) throws Exception {
    byte[] head = new byte[(int) Math.min(size, 5000)];
    new Random(size).nextBytes(head);
    FsVerity.Digester withHole = new FsVerity.Digester();
    String ours;
    try (FileChannel file =
        FileChannel.open(
            dir.resolve("file"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(head));
      withHole.update(ByteBuffer.wrap(head));
      if (size > head.length) {
        file.write(ByteBuffer.wrap(new byte[] {42}), size - 1);
        withHole.updateZeros(size - 1 - head.length);
        withHole.update(ByteBuffer.wrap(new byte[] {42}));
      }
      ours = HexFormat.of().formatHex(FsVerity.digest(BlockReader.of(file), size));
    }

    String theirs =
        Tools.run(
            dir,
            "fsverity",
            "digest",
            "--compact",
            "--hash-alg=sha256",
            "--block-size=4096",
            "file");

    assertThat(ours).isEqualTo(theirs.strip());
    assertThat(HexFormat.of().formatHex(withHole.finish())).isEqualTo(ours);
  }
}

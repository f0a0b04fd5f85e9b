package dev.tiu.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Scanner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What is shared, of files of blocks where each letter is a content:
 *
 * <pre>
 * earlier  a b c d | t u v w     the content table begins at |
 * new      a b x d e | t u y w   a block more before it
 * </pre>
 */
class SharingOutputIT {
  private static final int BLOCK = 4096;
  private static final BytePath NEW = BytePath.of("new");

  private BtrfsDisk disk;
  private Dir top;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = BtrfsDisk.create(128 << 20);
    top = Dir.open(disk.mountPoint());
  }

  @AfterEach
  void removeDisk() throws IOException {
    top.close();
    disk.close();
  }

  private static byte[] blocks(String contents) {
    ByteBuffer all = ByteBuffer.allocate(contents.length() * BLOCK);
    for (int i = 0; i < contents.length(); i++) {
      byte[] block = new byte[BLOCK];
      new Random(contents.charAt(i)).nextBytes(block);
      all.put(block);
    }
    return all.array();
  }

  private Path path(String name) {
    return disk.mountPoint().resolve(name);
  }

  /** Writes the new file in pieces of which each follows the one before. */
  private void write(int tableOffset, long earlierTable, byte[]... pieces) throws IOException {
    Command.of("sync", "-f", disk.mountPoint().toString()).run();
    try (FileHandle earlier = top.openFile(BytePath.of("earlier"));
        FileHandle out = top.createFile(NEW, 0600)) {
      SharingOutput output =
          new SharingOutput(out, new SharingOutput.Earlier(earlier, earlierTable), tableOffset);
      long offset = 0;
      for (byte[] piece : pieces) {
        output.write(ByteBuffer.wrap(piece), offset);
        offset += piece.length;
      }
      out.sync();
    }
  }

  /** Bytes of the new file that no other has. */
  private long exclusive() throws IOException {
    Command.of("sync", "-f", disk.mountPoint().toString()).run();
    String line =
        Command.of("btrfs", "filesystem", "du", "--raw", path("new").toString())
            .run()
            .text()
            .lines()
            .filter(text -> text.endsWith("new"))
            .findFirst()
            .orElseThrow();
    try (Scanner columns = new Scanner(line)) {
      long unused = columns.nextLong();
      return columns.nextLong();
    }
  }

  @Test
  void equal_blocks_are_shared_and_all_others_written() throws IOException {
    Files.write(path("earlier"), blocks("abcdtuvw"));

    write(5 * BLOCK, 4 * BLOCK, blocks("abxde"), blocks("tuyw"));

    assertThat(Files.readAllBytes(path("new"))).isEqualTo(blocks("abxdetuyw"));
    assertThat(exclusive()).isEqualTo(3 * BLOCK);
  }

  @Test
  void what_is_no_whole_block_or_has_no_counterpart_is_written() throws IOException {
    Files.write(path("earlier"), Arrays.copyOf(blocks("ab"), BLOCK + 100));

    write(1 << 20, 1 << 20, blocks("a"), Arrays.copyOf(blocks("bc"), BLOCK + 50), new byte[] {7});

    byte[] expected = Arrays.copyOf(blocks("abc"), 2 * BLOCK + 51);
    expected[2 * BLOCK + 50] = 7;
    assertThat(Files.readAllBytes(path("new"))).isEqualTo(expected);
    assertThat(exclusive()).isEqualTo(2 * BLOCK);
  }
}

package dev.tiu.bench;

import dev.tiu.verity.BlockReader;
import dev.tiu.verity.HashTree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.UUID;

/**
 * What {@code veritysetup format --salt SALT --uuid UUID DATA HASHES} does: writes the hash tree,
 * prints the root hash.
 */
final class HashTreeFormat {
  private HashTreeFormat() {}

  /** Arguments: the data file, the file to write, the salt in hex, the UUID, the threads. */
  public static void main(String[] args) throws IOException {
    byte[] salt = HexFormat.of().parseHex(args[2]);
    UUID uuid = UUID.fromString(args[3]);
    int threads = Integer.parseInt(args[4]);
    try (FileChannel data = FileChannel.open(Path.of(args[0]));
        FileChannel out =
            FileChannel.open(
                Path.of(args[1]), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      HashTree tree = HashTree.build(BlockReader.of(data), data.size(), salt, uuid, threads);
      tree.writeTo(out);
      System.out.println(HexFormat.of().formatHex(tree.rootHash()));
    }
  }
}

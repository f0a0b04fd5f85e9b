package dev.tiu.bundle.squashfs;

import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import dev.tiu.verity.BlockReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the tests do with images: have mksquashfs make them, open them, read files whole. */
final class Images {
  private static final int MOST_READ = 16 << 20;

  private Images() {}

  /** Packs a directory with mksquashfs; the options are separated by spaces. */
  static Path make(Path source, Path image, String options) throws CommandException {
    List<String> argv = new ArrayList<>(List.of("mksquashfs", source.toString()));
    argv.addAll(List.of(image.toString(), "-noappend", "-no-progress", "-quiet"));
    argv.addAll(List.of("-processors", "2"));
    argv.addAll(List.of(options.split(" ")));
    Command.of(argv).run();
    return image;
  }

  static SquashfsImage open(FileChannel channel) throws IOException {
    return SquashfsImage.open(
        BlockReader.of(channel), channel.size(), SquashfsImage.Limits.DEFAULT);
  }

  static SquashfsImage open(byte[] image) throws IOException {
    return SquashfsImage.open(BlockReader.of(image), image.length, SquashfsImage.Limits.DEFAULT);
  }

  /** A file's content, by way of all its blocks. */
  static byte[] content(SquashfsImage image, Inode.RegularFile file) throws IOException {
    ByteBuffer content = ByteBuffer.allocate((int) file.size());
    for (int i = 0; i < file.blockCount(); i++) {
      image.read(file, i, content);
    }
    return content.array();
  }

  /**
   * Reads the tree, and every block of every file even after one that fails, as far as it unpacks
   * to 16 MiB: a few bytes can be terabytes of zeros.
   *
   * @throws IOException the last failure
   */
  static void readAll(byte[] image, SquashfsImage.Limits limits) throws IOException {
    try (SquashfsImage squashfs = SquashfsImage.open(BlockReader.of(image), image.length, limits)) {
      Tree tree = squashfs.readTree();
      ByteBuffer content = ByteBuffer.allocate(squashfs.superblock().blockSize());
      IOException last = null;
      int left = MOST_READ;
      for (Inode inode : tree.entries().values()) {
        if (inode instanceof Inode.RegularFile file) {
          for (int i = 0; i < file.blockCount() && left > 0; i++) {
            try {
              squashfs.read(file, i, content.clear());
            } catch (IOException e) {
              last = e;
            }
            left -= content.capacity();
          }
        }
      }
      if (last != null) {
        throw last;
      }
    }
  }
}

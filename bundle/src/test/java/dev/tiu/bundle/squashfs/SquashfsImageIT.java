package dev.tiu.bundle.squashfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What mksquashfs packs, we read as it was; {@link SampleTree} says what that is. */
class SquashfsImageIT {
  @TempDir static Path temp;
  private static Path source;

  @BeforeAll
  static void makeTree() throws IOException {
    source = Files.createDirectory(temp.resolve("source"));
    try (Dir dir = Dir.open(source)) {
      SampleTree.create(dir);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-comp gzip",
        "-comp gzip -Xstrategy default,huffman_only,fixed -b 16384",
        "-comp xz",
        "-comp xz -Xbcj x86,arm,armthumb,powerpc,ia64,sparc -Xdict-size 50% -b 1048576",
        "-comp zstd",
        "-comp zstd -Xcompression-level 22 -b 4096",
        "-comp lz4",
        "-comp lz4 -Xhc -b 1048576",
        "-comp lzo",
        "-comp lzo -Xalgorithm lzo1x_1_11 -b 4096",
        "-comp zstd -noI -noD -noF -noX -noId",
        "-comp zstd -no-fragments",
        "-comp zstd -always-use-fragments -b 1048576",
        "-comp lz4 -no-exports -no-duplicates",
        "-comp gzip -noD -nopad -no-sparse"
      })
  void image_equals_the_tree_it_was_made_from(String options) throws IOException {
    Path path = Images.make(source, temp.resolve("image"), options);
    try (FileChannel channel = FileChannel.open(path);
        SquashfsImage image = Images.open(channel);
        Dir dir = Dir.open(source)) {
      Tree tree = image.readTree();
      assertThat(tree.entries().keySet()).containsExactlyElementsOf(paths(dir).keySet());
      compareAll(image, tree, dir);
      compareLinks(tree, paths(dir));
      assertThat(listing(tree)).isEqualTo(unsquashfs(path));
    }
  }

  private static Map<BytePath, FileStatus> paths(Dir dir) throws IOException {
    Map<BytePath, FileStatus> found = new TreeMap<>();
    found.put(BytePath.ROOT, dir.status(BytePath.ROOT));
    addBelow(dir, BytePath.ROOT, found);
    return found;
  }

  private static void addBelow(Dir dir, BytePath path, Map<BytePath, FileStatus> found)
      throws IOException {
    try (Dir below = dir.openDir(path)) {
      for (DirEntry entry : below.list()) {
        BytePath child = path.resolve(entry.name());
        found.put(child, dir.status(child));
        if (entry.type() == FileType.DIRECTORY) {
          addBelow(dir, child, found);
        }
      }
    }
  }

  private static void compareAll(SquashfsImage image, Tree tree, Dir dir) throws IOException {
    for (Map.Entry<BytePath, Inode> entry : tree.entries().entrySet()) {
      BytePath path = entry.getKey();
      Inode inode = entry.getValue();
      FileStatus expected = dir.status(path);
      assertThat(inode.type()).as("type of %s", path).isEqualTo(expected.type());
      assertThat(inode.mode()).as("mode of %s", path).isEqualTo(expected.mode());
      assertThat(inode.uid()).as("owner of %s", path).isEqualTo(expected.uid());
      assertThat(inode.gid()).as("group of %s", path).isEqualTo(expected.gid());
      assertThat(inode.mtimeSeconds()).as("time of %s", path).isEqualTo(expected.mtimeSeconds());
      if (inode.type() != FileType.DIRECTORY) {
        assertThat(inode.linkCount()).as("links of %s", path).isEqualTo(expected.linkCount());
      }
      assertThat(hex(inode.xattrs())).as("xattrs of %s", path).isEqualTo(hex(dir.xattrs(path)));
      compareContent(image, inode, dir, path, expected);
    }
  }

  private static void compareContent(
      SquashfsImage image, Inode inode, Dir dir, BytePath path, FileStatus expected)
      throws IOException {
    if (inode instanceof Inode.RegularFile file) {
      assertThat(file.size()).as("size of %s", path).isEqualTo(expected.size());
      ByteBuffer content = ByteBuffer.allocate((int) expected.size());
      try (FileHandle handle = dir.openFile(path)) {
        handle.readFully(content, 0);
      }
      assertThat(Images.content(image, file)).as("content of %s", path).isEqualTo(content.array());
    } else if (inode instanceof Inode.Symlink link) {
      assertThat(link.target()).as("target of %s", path).isEqualTo(dir.readLink(path));
    } else if (inode instanceof Inode.Device device) {
      assertThat(device.major()).as("major of %s", path).isEqualTo(expected.rdevMajor());
      assertThat(device.minor()).as("minor of %s", path).isEqualTo(expected.rdevMinor());
    }
  }

  /** Two paths are the same inode there exactly if they are the same object here. */
  private static void compareLinks(Tree tree, Map<BytePath, FileStatus> paths) {
    Map<Long, Inode> byNumber = new HashMap<>();
    Map<Integer, Long> numbers = new HashMap<>();
    paths.forEach(
        (path, status) -> {
          Inode inode = tree.get(path).orElseThrow();
          assertThat(byNumber.computeIfAbsent(status.inode(), n -> inode)).isSameAs(inode);
          assertThat(numbers.computeIfAbsent(inode.number(), n -> status.inode()))
              .isEqualTo(status.inode());
          assertThat(tree.inode(inode.number())).contains(inode);
        });
  }

  private static Map<String, String> hex(Map<String, byte[]> xattrs) {
    Map<String, String> hex = new TreeMap<>();
    xattrs.forEach((name, value) -> hex.put(name, BytePath.display(value)));
    return hex;
  }

  /** What `unsquashfs -lln` prints, without its padding. */
  private static String unsquashfs(Path image) throws IOException {
    byte[] output =
        Command.of("unsquashfs", "-lln", image.toString())
            .environment(Map.of("TZ", "UTC", "LC_ALL", "C"))
            .run()
            .output();
    return new String(output, StandardCharsets.ISO_8859_1).replaceAll(" +", " ").strip();
  }

  private static String listing(Tree tree) throws IOException {
    StringBuilder text = new StringBuilder();
    list(tree, tree.root(), "squashfs-root", text);
    return text.toString().replaceAll(" +", " ").strip();
  }

  private static void list(Tree tree, Inode.Directory dir, String path, StringBuilder text)
      throws IOException {
    text.append(UnsquashfsLine.of(dir, path)).append('\n');
    for (Child child : tree.list(dir)) {
      String name = new String(child.name().bytes(), StandardCharsets.ISO_8859_1);
      if (child.inode() instanceof Inode.Directory below) {
        list(tree, below, path + "/" + name, text);
      } else {
        text.append(UnsquashfsLine.of(child.inode(), path + "/" + name)).append('\n');
      }
    }
  }

  @Test
  void large_file_with_holes_is_read() throws IOException {
    // On a disk the kernel takes 20 seconds to read 5 GiB of nothing; tmpfs is quicker.
    Path huge = Files.createTempDirectory(Path.of("/dev/shm"), "squashfs-test");
    try (Dir dir = Dir.open(huge)) {
      SampleTree.createHuge(dir);
      checkHuge(huge, Images.make(huge, temp.resolve("huge-image"), "-comp zstd"));
    } finally {
      Files.deleteIfExists(huge.resolve("5-gib"));
      Files.delete(huge);
    }
  }

  private static void checkHuge(Path huge, Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path);
        SquashfsImage image = Images.open(channel);
        FileChannel expected = FileChannel.open(huge.resolve("5-gib"))) {
      Tree tree = image.readTree();
      Inode.RegularFile file = (Inode.RegularFile) tree.get(BytePath.of("5-gib")).orElseThrow();
      assertThat(file.size()).isEqualTo((5L << 30) + 17);
      List<DataBlock> blocks = image.blocks(file);
      assertThat(blocks.stream().filter(b -> !b.hole()).map(DataBlock::fileOffset))
          .containsExactly(0L, (4L << 30), 5L << 30);
      assertThat(blocks.stream().mapToLong(DataBlock::size).sum()).isEqualTo(file.size());
      for (DataBlock block : blocks) {
        if (!block.hole()) {
          ByteBuffer found = ByteBuffer.allocateDirect(SampleTree.BLOCK);
          image.read(block, found);
          ByteBuffer wanted = ByteBuffer.allocate(block.size());
          expected.read(wanted, block.fileOffset());
          assertThat(found.flip()).isEqualTo(wanted.flip());
        }
      }
    }
  }

  @Test
  void attribute_of_60000_bytes_is_read_and_shared() throws IOException {
    // Only tmpfs takes values this large.
    Path source = Files.createTempDirectory(Path.of("/dev/shm"), "squashfs-test");
    byte[] large = new byte[60000];
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) ((i * i) >>> 3);
    }
    try (Dir dir = Dir.open(source)) {
      for (String name : List.of("a", "b")) {
        dir.createFile(BytePath.of(name), 0644).close();
        dir.setXattr(BytePath.of(name), "trusted.large", large);
        dir.setXattr(BytePath.of(name), "trusted." + name, new byte[] {1});
      }
      Path path = Images.make(source, temp.resolve("xattr-image"), "-comp zstd");
      try (FileChannel channel = FileChannel.open(path);
          SquashfsImage image = Images.open(channel)) {
        Tree tree = image.readTree();
        byte[] a = value(tree, "a", "trusted.large");
        assertThat(a).isEqualTo(large);
        assertThat(value(tree, "b", "trusted.large")).isEqualTo(large);
        assertThat(value(tree, "b", "trusted.b")).containsExactly(1);
      }
    } finally {
      Files.deleteIfExists(source.resolve("a"));
      Files.deleteIfExists(source.resolve("b"));
      Files.delete(source);
    }
  }

  private static byte[] value(Tree tree, String path, String name) {
    Inode inode = tree.get(BytePath.of(path)).orElseThrow();
    return Optional.ofNullable(inode.xattrs().get(name)).orElseThrow();
  }

  @Test
  void empty_directory_is_an_image() throws IOException {
    Path empty = Files.createDirectory(temp.resolve("nothing"));
    Path path = Images.make(empty, temp.resolve("nothing-image"), "-comp xz");
    try (FileChannel channel = FileChannel.open(path);
        SquashfsImage image = Images.open(channel)) {
      assertThat(image.readTree().entries()).containsOnlyKeys(BytePath.ROOT);
      assertThat(image.list(image.root())).isEmpty();
    }
  }

  /** The image that the unit tests build on is a real one, even beyond 4 GiB. */
  @ParameterizedTest
  @ValueSource(longs = {0, 5L << 30})
  void hand_made_image_is_read_by_unsquashfs(long gap) throws IOException {
    HandMadeImage made = HandMadeImage.writeWithGap(gap);
    Path path = temp.resolve("hand-made");
    Files.deleteIfExists(path);
    try (FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(made.bytes());
      channel.write(bytes.limit(Superblock.SIZE), 0);
      channel.write(bytes.limit(bytes.capacity()), gap + Superblock.SIZE);
      try (SquashfsImage image = Images.open(channel)) {
        assertThat(listing(image.readTree())).isEqualTo(unsquashfs(path));
        Inode file = image.readTree().get(BytePath.of("file")).orElseThrow();
        assertThat(Images.content(image, (Inode.RegularFile) file))
            .isEqualTo(Command.of("unsquashfs", "-cat", path.toString(), "file").run().output());
      }
    }
    Files.delete(path);
  }
}

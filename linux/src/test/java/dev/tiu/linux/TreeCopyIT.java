package dev.tiu.linux;

import static dev.tiu.linux.Failures.assertFails;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TreeCopyIT {
  private static final BytePath SOURCE = BytePath.of("source");
  private static final BytePath COPY = BytePath.of("copy");
  private static final BytePath FILE = BytePath.of("source/file");
  private static final int MIB = 1 << 20;

  private BtrfsDisk disk;
  private Dir top;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = BtrfsDisk.create(128 * MIB);
    top = Dir.open(disk.mountPoint());
    top.makeDir(SOURCE, 0755);
  }

  @AfterEach
  void closeDisk() throws IOException {
    top.close();
    disk.close();
  }

  private void write(BytePath path, int mode, byte[] content) throws IOException {
    try (FileHandle file = top.createFile(path, mode)) {
      file.write(ByteBuffer.wrap(content), 0);
    }
  }

  /** Of every kind one, with what GNU tools can set and compare. */
  private void makeEveryKind() throws Exception {
    write(FILE, 0640, "content\n".repeat(2000).getBytes(UTF_8));
    write(BytePath.of("source/program"), 0755, new byte[] {1, 2, 3});
    write(BytePath.of("source/empty"), 0, new byte[0]);
    write(
        SOURCE.resolve(BytePath.ofBytes("\u00ff\u0080\n'".getBytes(ISO_8859_1))),
        0600,
        new byte[9]);
    top.makeDir(BytePath.of("source/dir"), 0711);
    top.makeDir(BytePath.of("source/dir/sticky"), 01777);
    top.makeSymlink("/etc/passwd".getBytes(UTF_8), BytePath.of("source/dir/absolute"));
    top.makeSymlink("../../..".getBytes(UTF_8), BytePath.of("source/dir/up"));
    top.makeNode(BytePath.of("source/fifo"), FileType.FIFO, 0620, 0, 0);
    top.makeNode(BytePath.of("source/socket"), FileType.SOCKET, 0755, 0, 0);
    top.makeNode(BytePath.of("source/null"), FileType.CHARACTER_DEVICE, 0666, 1, 3);
    top.makeNode(BytePath.of("source/loop"), FileType.BLOCK_DEVICE, 0660, 7, 300);
    top.setOwner(BytePath.of("source/dir/up"), 7, 8);
    top.setOwner(BytePath.of("source/program"), 1234, 5678);
    top.setMode(BytePath.of("source/program"), 06755);
    top.setXattr(BytePath.of("source/dir/up"), "trusted.of-link", new byte[] {0, 1});
    top.setXattr(FILE, "user.text", "value".getBytes(UTF_8));
    Path source = disk.mountPoint().resolve("source");
    Command.of("setcap", "cap_net_raw+ep", source + "/file").run();
    Command.of("setfacl", "-m", "u:77:r,g:88:rw", source + "/program").run();
    Command.of("setfacl", "-d", "-m", "u:99:rwx", source + "/dir").run();
    for (String path : List.of("file", "dir/up", "fifo", "dir/sticky", "dir")) {
      top.setModificationTime(SOURCE.resolve(path), -7L * path.length(), 123_456_789);
    }
  }

  /** All that GNU tools see of a tree, in an order that doesn't depend on the directory's. */
  private static List<String> described(Path tree) throws IOException {
    String format = "%P %y %m %U:%G links %n size %s time %T@ to %l;\\n";
    String ofDirectory = "%P %y %m %U:%G time %T@\\n";
    List<String> all = new ArrayList<>();
    all.addAll(blocks("\n", tree, "find", ".", "!", "-type", "d", "-printf", format));
    all.addAll(blocks("\n", tree, "find", ".", "-type", "d", "-printf", ofDirectory));
    all.addAll(blocks("\n", tree, "find", ".", "-type", "f", "-exec", "sha256sum", "{}", "+"));
    all.addAll(blocks("\n\n", tree, "getfattr", "-R", "-P", "-h", "-d", "-m", "-", "."));
    return all;
  }

  private static List<String> blocks(String between, Path tree, String... argv) throws IOException {
    String text = Command.of(argv).directory(tree).run().text();
    return Stream.of(text.split(between, -1)).sorted().toList();
  }

  private static long sharedBytes(Path file) throws IOException {
    String line = Command.of("btrfs", "filesystem", "du", "--raw", file.toString()).run().text();
    String[] columns = line.lines().skip(1).findFirst().orElseThrow().strip().split(" +", -1);
    return Long.parseLong(columns[0]) - Long.parseLong(columns[1]);
  }

  @Test
  void copy_is_equal_for_tools_that_are_not_ours() throws Exception {
    makeEveryKind();
    TreeCopy.copy(top, SOURCE, top, COPY);
    List<String> expected = described(disk.mountPoint().resolve("source"));
    assertThat(expected).hasSizeGreaterThan(20);
    assertThat(String.join("\n", expected))
        .contains(
            "security.capability", "posix_acl_access", "posix_acl_default", "trusted.of-link");
    assertThat(described(disk.mountPoint().resolve("copy"))).isEqualTo(expected);
  }

  @Test
  void copy_to_a_file_system_that_shares_nothing_is_equal(@TempDir Path elsewhere)
      throws Exception {
    makeEveryKind();
    try (Dir target = Dir.open(elsewhere)) {
      TreeCopy.copy(top, SOURCE, target, COPY);
    }
    assertThat(described(elsewhere.resolve("copy")))
        .isEqualTo(described(disk.mountPoint().resolve("source")));
  }

  @Test
  void copy_below_a_default_acl_does_not_inherit_it() throws Exception {
    makeEveryKind();
    top.makeDir(BytePath.of("target"), 0755);
    Path target = disk.mountPoint().resolve("target");
    Command.of("setfacl", "-d", "-m", "u:55:rwx,g:66:r", target.toString()).run();
    TreeCopy.copy(top, SOURCE, top, BytePath.of("target/copy"));
    assertThat(described(target.resolve("copy")))
        .isEqualTo(described(disk.mountPoint().resolve("source")));
  }

  @Test
  void content_is_shared() throws Exception {
    write(FILE, 0644, new byte[MIB]);
    TreeCopy.copy(top, FILE, top, COPY);
    top.syncFileSystem();
    assertThat(sharedBytes(disk.mountPoint().resolve("copy"))).isEqualTo(MIB);
  }

  @Test
  void file_without_checksums_is_copied() throws Exception {
    top.makeDir(BytePath.of("raw"), 0755);
    Command.of("chattr", "+C", disk.mountPoint().resolve("raw").toString()).run();
    byte[] content = "database".repeat(100_000).getBytes(UTF_8);
    write(FILE, 0644, content);
    TreeCopy.copy(top, FILE, top, BytePath.of("raw/copy"));
    assertThat(top.readAll(BytePath.of("raw/copy"), MIB)).isEqualTo(content);
  }

  @Test
  void holes_stay_holes_where_nothing_is_shared(@TempDir Path elsewhere) throws Exception {
    try (FileHandle file = top.createFile(FILE, 0644)) {
      file.write(ByteBuffer.wrap("middle".getBytes(UTF_8)), 20 * MIB);
      file.truncate(40 * MIB);
    }
    try (Dir target = Dir.open(elsewhere)) {
      TreeCopy.copy(top, FILE, target, COPY);
      FileStatus status = target.status(COPY);
      assertThat(status.size()).isEqualTo(40 * MIB);
      assertThat(status.blocks() * 512).isLessThan(MIB);
      try (FileHandle copy = target.openFile(COPY)) {
        ByteBuffer found = ByteBuffer.allocate(6);
        copy.readFully(found, 20 * MIB);
        assertThat(new String(found.array(), UTF_8)).isEqualTo("middle");
      }
    }
  }

  @Test
  void hard_links_within_a_tree_stay_links() throws Exception {
    write(FILE, 0644, new byte[5]);
    top.makeDir(BytePath.of("source/dir"), 0755);
    top.link(FILE, BytePath.of("source/dir/second"));
    top.link(FILE, BytePath.of("outside"));
    top.makeSymlink(new byte[] {'x'}, BytePath.of("source/link"));
    top.link(BytePath.of("source/link"), BytePath.of("source/second link"));
    TreeCopy.copy(top, SOURCE, top, COPY);
    FileStatus first = top.status(BytePath.of("copy/file"));
    assertThat(first.linkCount()).isEqualTo(2);
    assertThat(top.status(BytePath.of("copy/dir/second"))).isEqualTo(first);
    assertThat(top.status(BytePath.of("copy/second link")))
        .isEqualTo(top.status(BytePath.of("copy/link")));
    assertThat(top.status(FILE).linkCount()).isEqualTo(3);
  }

  @Test
  void hard_links_of_several_copies_stay_links() throws Exception {
    write(FILE, 0644, new byte[5]);
    top.link(FILE, BytePath.of("second"));
    top.makeDir(BytePath.of("target"), 0755);
    top.makeDir(BytePath.of("target/dir"), 0755);
    try (Dir target = top.openDir(BytePath.of("target"))) {
      TreeCopy copies = new TreeCopy(target);
      copies.copy(top, FILE, BytePath.of("a"));
      copies.copy(top, BytePath.of("second"), BytePath.of("dir/b"));
      assertThat(target.status(BytePath.of("dir/b"))).isEqualTo(target.status(BytePath.of("a")));
    }
  }

  /** Each subvolume numbers its inodes from 257 on. */
  @Test
  void same_number_in_another_subvolume_is_no_hard_link() throws Exception {
    for (String name : List.of("source/one", "source/two")) {
      BytePath subvolume = BytePath.of(name);
      Btrfs.createSubvolume(top, subvolume);
      write(subvolume.resolve("a"), 0644, name.getBytes(UTF_8));
      top.link(subvolume.resolve("a"), subvolume.resolve("b"));
    }
    assertThat(top.status(BytePath.of("source/one/a")).inode())
        .isEqualTo(top.status(BytePath.of("source/two/a")).inode());
    TreeCopy.copy(top, SOURCE, top, COPY);
    assertThat(top.readAll(BytePath.of("copy/one/b"), 99)).asString().isEqualTo("source/one");
    assertThat(top.readAll(BytePath.of("copy/two/a"), 99)).asString().isEqualTo("source/two");
  }

  @Test
  void existing_target_is_not_touched() throws Exception {
    write(FILE, 0644, new byte[5]);
    write(COPY, 0600, "old".getBytes(UTF_8));
    FileStatus before = top.status(COPY);
    assertFails(Errno.EEXIST, () -> TreeCopy.copy(top, FILE, top, COPY));
    assertThat(top.status(COPY)).isEqualTo(before);
    assertThat(top.readAll(COPY, 99)).asString().isEqualTo("old");
  }

  @Test
  void link_in_the_way_of_the_target_is_not_followed(@TempDir Path elsewhere) throws Exception {
    write(FILE, 0644, new byte[5]);
    top.makeSymlink(elsewhere.toString().getBytes(UTF_8), BytePath.of("way"));
    assertFails(Errno.ELOOP, () -> TreeCopy.copy(top, FILE, top, BytePath.of("way/copy")));
    top.makeSymlink(elsewhere.resolve("new").toString().getBytes(UTF_8), COPY);
    assertFails(Errno.EEXIST, () -> TreeCopy.copy(top, FILE, top, COPY));
    assertThat(elsewhere).isEmptyDirectory();
  }

  /** 20 names of 255 bytes are more than a path may have. */
  @Test
  void tree_deeper_than_a_path_is_copied_whole() throws Exception {
    BytePath name = BytePath.of("d".repeat(BytePath.NAME_MAX));
    makeDeep(SOURCE, name);
    TreeCopy.copy(top, SOURCE, top, COPY);
    Dir dir = top.openDir(COPY);
    for (int depth = 0; depth < 20; depth++) {
      try (Dir parent = dir) {
        dir = parent.openDir(name);
      }
    }
    try (Dir deepest = dir) {
      assertThat(deepest.readAll(BytePath.of("bottom"), 9)).hasSize(3);
    }
  }

  private void makeDeep(BytePath start, BytePath name) throws IOException {
    Dir dir = top.openDir(start);
    for (int depth = 0; depth < 20; depth++) {
      try (Dir parent = dir) {
        parent.makeDir(name, 0755);
        dir = parent.openDir(name);
      }
    }
    try (Dir deepest = dir;
        FileHandle file = deepest.createFile(BytePath.of("bottom"), 0644)) {
      file.write(ByteBuffer.allocate(3), 0);
    }
  }

  @Test
  void metadata_replaces_what_was_there() throws Exception {
    makeEveryKind();
    write(COPY, 0, "content of its own".getBytes(UTF_8));
    top.setXattr(COPY, "user.old", new byte[] {1});
    Command.of("setfacl", "-m", "u:1:r", disk.mountPoint().resolve("copy").toString()).run();
    TreeCopy.copyMetadata(top, FILE, top, COPY);
    assertThat(FileMetadata.of(top, COPY)).isEqualTo(FileMetadata.of(top, FILE));
    assertThat(FileMetadata.of(top, COPY).xattrs())
        .containsOnlyKeys("security.capability", "user.text");
    FileStatus status = top.status(COPY);
    assertThat(status.mtimeSeconds()).isEqualTo(top.status(FILE).mtimeSeconds());
    assertThat(status.mtimeNanos()).isEqualTo(123_456_789);
    assertThat(top.readAll(COPY, 99)).asString().isEqualTo("content of its own");
  }
}

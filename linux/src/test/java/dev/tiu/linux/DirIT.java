package dev.tiu.linux;

import static dev.tiu.linux.Failures.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * In a tree that tries to lead out:
 *
 * <pre>
 * outside/secret        must never be reached
 * tree/                 the handle
 *   file                "content"
 *   sub/inner           "inner"
 *   up      -&gt; ..
 *   away    -&gt; TEMP/outside
 *   alias   -&gt; file
 *   dangling -&gt; nowhere
 * </pre>
 */
final class DirIT {
  private static final BytePath FILE = BytePath.of("file");
  private static final BytePath SUB = BytePath.of("sub");
  private static final BytePath INNER = BytePath.of("sub/inner");
  private static final BytePath ALIAS = BytePath.of("alias");
  private static final BytePath NEW = BytePath.of("new");
  private static final BytePath NEW_BELOW = BytePath.of("sub/new");
  private static final BytePath MISSING = BytePath.of("missing");

  @TempDir Path temp;
  Path tree;
  Dir dir;

  @BeforeEach
  void makeTree() throws IOException {
    Files.createDirectories(temp.resolve("outside"));
    Files.writeString(temp.resolve("outside/secret"), "secret");
    tree = Files.createDirectories(temp.resolve("tree"));
    Files.writeString(tree.resolve("file"), "content");
    Files.createDirectory(tree.resolve("sub"));
    Files.writeString(tree.resolve("sub/inner"), "inner");
    Files.createSymbolicLink(tree.resolve("up"), Path.of(".."));
    Files.createSymbolicLink(tree.resolve("away"), temp.resolve("outside"));
    Files.createSymbolicLink(tree.resolve("alias"), Path.of("file"));
    Files.createSymbolicLink(tree.resolve("dangling"), Path.of("nowhere"));
    dir = Dir.open(tree);
  }

  @AfterEach
  void close() {
    dir.close();
  }

  @Test
  void open_of_what_is_no_directory_fails() {
    assertFails(Errno.ENOTDIR, () -> Dir.open(tree.resolve("file")));
    LinuxException e = assertFails(Errno.ENOENT, () -> Dir.open(tree.resolve("missing")));
    assertThat(e).hasMessage("open " + tree + "/missing: ENOENT (No such file or directory)");
  }

  @Test
  void failure_names_call_errno_and_whole_path() throws Exception {
    try (Dir sub = dir.openDir(SUB)) {
      LinuxException e = assertFails(Errno.ENOENT, () -> sub.openFile(MISSING));
      assertThat(e)
          .hasMessage("openat2 " + tree + "/sub/missing: ENOENT (No such file or directory)");
      assertThat(e.call()).isEqualTo("openat2");
      assertThat(e.path()).isEqualTo(tree + "/sub/missing");
    }
  }

  @Test
  void link_on_the_way_is_refused_by_every_call() {
    for (String way : List.of("up", "away")) {
      BytePath below = BytePath.of(way + "/secret");
      List<ThrowingCallable> calls =
          List.of(
              () -> dir.openDir(below),
              () -> dir.openFile(below),
              () -> dir.openForUpdate(below),
              () -> dir.createFile(below, 0600),
              () -> dir.makeDir(below, 0700),
              () -> dir.makeSymlink(new byte[] {'x'}, below),
              () -> dir.makeNode(below, FileType.FIFO, 0600, 0, 0),
              () -> dir.link(FILE, below),
              () -> dir.link(below, NEW),
              () -> dir.unlink(below),
              () -> dir.removeDir(below),
              () -> dir.removeTree(below),
              () -> dir.removeIfThere(below),
              () -> dir.createPrivate(below),
              () -> dir.rename(FILE, below),
              () -> dir.rename(below, NEW),
              () -> dir.renameNoReplace(below, NEW),
              () -> dir.exchange(below, FILE),
              () -> dir.setOwner(below, 1, 1),
              () -> dir.setMode(below, 0777),
              () -> dir.setModificationTime(below, 0, 0),
              () -> dir.status(below),
              () -> dir.readLink(below),
              () -> dir.xattrs(below),
              () -> dir.setXattr(below, "user.x", new byte[1]),
              () -> dir.removeXattr(below, "user.x"),
              () -> dir.writeAtomically(below, new byte[1], 0600),
              () -> dir.readAll(below, 10));
      for (ThrowingCallable call : calls) {
        LinuxException e = assertFails(Errno.ELOOP, call);
        assertThat(e.path()).contains(way);
      }
    }
    assertThat(temp.resolve("outside/secret")).hasContent("secret");
    assertThat(temp.resolve("outside").toFile().list()).containsExactly("secret");
  }

  @Test
  void link_at_the_end_is_never_followed() throws Exception {
    assertFails(Errno.ELOOP, () -> dir.openFile(ALIAS));
    assertFails(Errno.ELOOP, () -> dir.openForUpdate(ALIAS));
    assertFails(Errno.ELOOP, () -> dir.openDir(BytePath.of("away")));
    assertFails(Errno.EEXIST, () -> dir.createFile(BytePath.of("dangling"), 0600));
    assertFails(Errno.EOPNOTSUPP, () -> dir.setMode(ALIAS, 0777));
    dir.setOwner(ALIAS, 12, 34);
    dir.setModificationTime(ALIAS, 1000, 5);
    FileStatus link = dir.status(ALIAS);
    assertThat(link.type()).isEqualTo(FileType.SYMLINK);
    assertThat(link.uid()).isEqualTo(12);
    assertThat(link.gid()).isEqualTo(34);
    assertThat(link.mtimeSeconds()).isEqualTo(1000);
    assertThat(dir.status(FILE).uid()).isZero();
    assertThat(dir.status(FILE).mtimeSeconds()).isGreaterThan(1000);
    dir.link(ALIAS, NEW);
    assertThat(dir.readLink(NEW)).isEqualTo("file".getBytes(UTF_8));
    assertThat(dir.status(ALIAS).linkCount()).isEqualTo(2);
  }

  @Test
  void renames_elsewhere_do_not_disturb_a_path_that_goes_up() throws Exception {
    Files.createSymbolicLink(tree.resolve("sub/round"), Path.of("../sub/../file"));
    AtomicBoolean over = new AtomicBoolean();
    Thread renames = new Thread(() -> renameUntil(over));
    renames.start();
    try {
      for (int i = 0; i < 20_000; i++) {
        dir.openFileInRoot(BytePath.of("sub/round")).close();
      }
    } finally {
      over.set(true);
      renames.join();
    }
  }

  private void renameUntil(AtomicBoolean over) {
    File here = temp.resolve("outside").toFile();
    File there = temp.resolve("elsewhere").toFile();
    while (!over.get()) {
      assertThat(here.renameTo(there) && there.renameTo(here)).isTrue();
    }
  }

  @Test
  void atomic_write_replaces_a_link_and_not_its_target() throws Exception {
    dir.writeAtomically(ALIAS, "new".getBytes(UTF_8), 0640);
    assertThat(tree.resolve("file")).hasContent("content");
    assertThat(dir.readAll(ALIAS, 10)).isEqualTo("new".getBytes(UTF_8));
    assertThat(dir.status(ALIAS).mode()).isEqualTo(0640);
    assertThat(dir.status(ALIAS).type()).isEqualTo(FileType.REGULAR);
  }

  @Test
  void atomic_write_replaces_what_a_crash_left_and_leaves_nothing() throws Exception {
    Files.writeString(tree.resolve("sub/.inner.tiu-tmp"), "half");
    dir.writeAtomically(INNER, "whole".getBytes(UTF_8), 0600);
    assertThat(tree.resolve("sub/inner")).hasContent("whole");
    assertFails(Errno.EISDIR, () -> dir.writeAtomically(SUB, new byte[1], 0600));
    BytePath longest = BytePath.of("n".repeat(255));
    dir.writeAtomically(longest, new byte[0], 0600);
    assertThat(names(dir)).noneMatch(name -> name.contains("tiu-tmp"));
    try (Dir sub = dir.openDir(SUB)) {
      assertThat(names(sub)).containsExactly("inner");
    }
  }

  @Test
  void list_has_all_entries_with_types_in_byte_order() throws Exception {
    dir.makeNode(BytePath.of("fifo"), FileType.FIFO, 0600, 0, 0);
    List<DirEntry> entries = dir.list();
    assertThat(entries.stream().map(entry -> entry.name() + " " + entry.type()))
        .containsExactly(
            "alias SYMLINK",
            "away SYMLINK",
            "dangling SYMLINK",
            "fifo FIFO",
            "file REGULAR",
            "sub DIRECTORY",
            "up SYMLINK");
    assertThat(entries.get(4).inode()).isEqualTo(dir.status(FILE).inode());
    assertThat(dir.list()).as("a second time").isEqualTo(entries);
  }

  @Test
  void list_of_many_entries_is_complete() throws Exception {
    for (int i = 0; i < 3000; i++) {
      dir.createFile(BytePath.of("sub/%s%04d".formatted("long".repeat(20), i)), 0600).close();
    }
    try (Dir sub = dir.openDir(SUB)) {
      assertThat(sub.list().stream().map(DirEntry::name)).hasSize(3001).isSorted();
    }
  }

  @Test
  void names_of_any_bytes_come_back_as_they_are() throws Exception {
    byte[] strange = {'a', '\n', (byte) 0xff, '\\', (byte) 0x80, ' '};
    BytePath name = BytePath.ofBytes(strange);
    try (FileHandle file = dir.createFile(SUB.resolve(name), 0600)) {
      file.write(ByteBuffer.wrap(strange), 0);
    }
    try (Dir sub = dir.openDir(SUB)) {
      assertThat(sub.list().get(0).name().bytes()).isEqualTo(strange);
      assertThat(sub.readAll(name, 100)).isEqualTo(strange);
      sub.setMode(name, 0640);
      sub.setXattr(name, "user.k", strange);
      assertThat(sub.xattrs(name).get("user.k")).isEqualTo(strange);
      sub.makeSymlink(strange, BytePath.of("link"));
      assertThat(sub.readLink(BytePath.of("link"))).isEqualTo(strange);
      LinuxException e = assertFails(Errno.EEXIST, () -> sub.makeDir(name, 0700));
      assertThat(e.path()).endsWith("sub/a\\x0a\\xff\\x5c\\x80 ");
      assertThatThrownBy(() -> sub.procPath(name)).isInstanceOf(IllegalArgumentException.class);
      sub.removeTree(name);
      assertThat(sub.find(name)).isEmpty();
    }
  }

  @Test
  void modes_are_exact_whatever_the_umask() throws Exception {
    dir.makeDir(NEW, 03777);
    assertThat(dir.status(NEW).mode()).isEqualTo(03777);
    dir.createFile(NEW_BELOW, 06666).close();
    assertThat(dir.status(NEW_BELOW).mode()).isEqualTo(06666);
    dir.makeNode(BytePath.of("sub/fifo"), FileType.FIFO, 0622, 0, 0);
    assertThat(dir.status(BytePath.of("sub/fifo")).mode()).isEqualTo(0622);
    dir.setMode(BytePath.ROOT, 0711);
    assertThat(dir.status(BytePath.ROOT).mode()).isEqualTo(0711);
  }

  @Test
  void mode_is_set_without_fchmodat2_too() throws Exception {
    try (Place place = Place.of(dir.descriptor(), INNER, Place.Use.NAMES)) {
      Attributes.setModeByProc(place, 04751);
    }
    assertThat(dir.status(INNER).mode()).isEqualTo(04751);
    try (Place place = Place.of(dir.descriptor(), ALIAS, Place.Use.NAMES)) {
      assertFails(Errno.EOPNOTSUPP, () -> Attributes.setModeByProc(place, 0777));
    }
    try (Place place = Place.of(dir.descriptor(), MISSING, Place.Use.NAMES)) {
      assertFails(Errno.ENOENT, () -> Attributes.setModeByProc(place, 0777));
    }
  }

  @Test
  void nodes_have_their_type_and_number() throws Exception {
    dir.makeNode(BytePath.of("null"), FileType.CHARACTER_DEVICE, 0666, 1, 3);
    dir.makeNode(BytePath.of("disk"), FileType.BLOCK_DEVICE, 0660, 4095, 0xfffff);
    dir.makeNode(BytePath.of("socket"), FileType.SOCKET, 0600, 0, 0);
    FileStatus device = dir.status(BytePath.of("null"));
    assertThat(device.type()).isEqualTo(FileType.CHARACTER_DEVICE);
    assertThat(device.rdevMajor()).isEqualTo(1);
    assertThat(device.rdevMinor()).isEqualTo(3);
    FileStatus disk = dir.status(BytePath.of("disk"));
    assertThat(disk.type()).isEqualTo(FileType.BLOCK_DEVICE);
    assertThat(disk.rdevMajor()).isEqualTo(4095);
    assertThat(disk.rdevMinor()).isEqualTo(0xfffff);
    assertThat(dir.status(BytePath.of("socket")).type()).isEqualTo(FileType.SOCKET);
    assertThatThrownBy(() -> dir.makeNode(NEW, FileType.REGULAR, 0600, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertFails(Errno.EEXIST, () -> dir.makeNode(FILE, FileType.FIFO, 0600, 0, 0));
  }

  @Test
  void fifo_is_opened_without_waiting() throws Exception {
    dir.makeNode(NEW, FileType.FIFO, 0600, 0, 0);
    try (FileHandle fifo = dir.openFile(NEW)) {
      assertFails(Errno.ESPIPE, () -> fifo.read(ByteBuffer.allocate(1), 0));
    }
  }

  @Test
  void renames_replace_refuse_or_exchange() throws Exception {
    dir.rename(FILE, INNER);
    assertThat(tree.resolve("sub/inner")).hasContent("content");
    assertThat(dir.find(FILE)).isEmpty();
    dir.renameNoReplace(INNER, NEW);
    LinuxException e = assertFails(Errno.EEXIST, () -> dir.renameNoReplace(NEW, ALIAS));
    assertThat(e.path()).isEqualTo(tree + "/new to " + tree + "/alias");
    dir.exchange(NEW, SUB);
    assertThat(dir.status(NEW).type()).isEqualTo(FileType.DIRECTORY);
    assertThat(dir.status(SUB).type()).isEqualTo(FileType.REGULAR);
    assertFails(Errno.ENOENT, () -> dir.exchange(MISSING, SUB));
  }

  @Test
  void removal_takes_what_fits_only() throws Exception {
    assertFails(Errno.ENOTEMPTY, () -> dir.removeDir(SUB));
    assertFails(Errno.ENOTDIR, () -> dir.removeDir(FILE));
    assertFails(Errno.EISDIR, () -> dir.unlink(SUB));
    assertFails(Errno.ENOENT, () -> dir.unlink(MISSING));
    dir.unlink(INNER);
    dir.removeDir(SUB);
    dir.unlink(ALIAS);
    assertThat(names(dir)).containsExactly("away", "dangling", "file", "up");
  }

  @Test
  void tree_is_removed_without_following_links_in_it() throws Exception {
    dir.makeDir(BytePath.of("sub/deep"), 0);
    dir.makeDir(BytePath.of("sub/deep/er"), 0700);
    dir.makeSymlink(temp.resolve("outside").toString().getBytes(UTF_8), BytePath.of("sub/deep/l"));
    dir.removeTree(BytePath.of("sub/deep"));
    assertThat(tree.resolve("sub").toFile().list()).containsExactly("inner");
    dir.removeTree(SUB);
    dir.removeTree(BytePath.of("away"));
    dir.removeTree(FILE);
    assertThat(names(dir)).containsExactly("alias", "dangling", "up");
    assertThat(temp.resolve("outside/secret")).hasContent("secret");
    assertFails(Errno.ENOENT, () -> dir.removeTree(SUB));
  }

  @Test
  void removal_says_whether_there_was_anything() throws Exception {
    assertThat(dir.removeIfThere(MISSING)).isFalse();
    assertThat(dir.removeIfThere(SUB)).isTrue();
    assertThat(dir.removeIfThere(ALIAS)).isTrue();
    assertThat(dir.removeIfThere(BytePath.of("away"))).isTrue();
    assertThat(names(dir)).containsExactly("dangling", "file", "up");
    assertThat(temp.resolve("outside/secret")).hasContent("secret");
  }

  @Test
  void private_file_is_new_and_nobody_else_reads_it() throws Exception {
    dir.createPrivate(NEW_BELOW).close();
    assertThat(dir.status(NEW_BELOW).mode() & 0077).isZero();
    assertFails(Errno.EEXIST, () -> dir.createPrivate(FILE));
    assertFails(Errno.EEXIST, () -> dir.createPrivate(BytePath.of("dangling")));
  }

  @Test
  void tree_removal_stops_at_another_mount() throws Exception {
    Path point = Files.createDirectory(tree.resolve("sub/mounted"));
    Mounts.mount(Path.of("none"), point, "tmpfs", 0, "size=1m");
    try {
      Files.writeString(point.resolve("kept"), "kept");
      assertFails(Errno.EXDEV, () -> dir.removeTree(SUB));
      assertThat(point.resolve("kept")).hasContent("kept");
    } finally {
      Mounts.unmount(point);
    }
  }

  @Test
  void status_tells_all_of_an_inode() throws Exception {
    dir.setOwner(INNER, 100_000, 65534);
    dir.setMode(INNER, 0640);
    dir.setModificationTime(INNER, -5, 999_999_999);
    FileStatus status = dir.status(INNER);
    assertThat(status.type()).isEqualTo(FileType.REGULAR);
    assertThat(status.uid()).isEqualTo(100_000);
    assertThat(status.gid()).isEqualTo(65534);
    assertThat(status.mode()).isEqualTo(0640);
    assertThat(status.size()).isEqualTo(5);
    assertThat(status.mtimeSeconds()).isEqualTo(-5);
    assertThat(status.mtimeNanos()).isEqualTo(999_999_999);
    assertThat(status.linkCount()).isEqualTo(1);
    assertThat(status.device()).isEqualTo(dir.status(BytePath.ROOT).device());
    assertThat(Files.getAttribute(tree.resolve("sub/inner"), "unix:ino")).isEqualTo(status.inode());
    assertThat(Files.getLastModifiedTime(tree.resolve("sub/inner")).toInstant())
        .isEqualTo(Instant.ofEpochSecond(-5, 999_999_999));
  }

  @Test
  void owner_of_minus_one_stays() throws Exception {
    dir.setOwner(FILE, 7, 8);
    dir.setOwner(FILE, -1, 9);
    assertThat(dir.status(FILE).uid()).isEqualTo(7);
    assertThat(dir.status(FILE).gid()).isEqualTo(9);
  }

  @Test
  void find_is_empty_where_nothing_is() throws Exception {
    assertThat(dir.find(MISSING)).isEmpty();
    assertThat(dir.find(BytePath.of("missing/below"))).isEmpty();
    assertThat(dir.find(BytePath.of("file/below"))).isEmpty();
    assertThat(dir.find(INNER)).contains(dir.status(INNER));
    assertThat(dir.find(BytePath.ROOT)).contains(dir.status(BytePath.ROOT));
    assertFails(Errno.ELOOP, () -> dir.find(BytePath.of("up/below")));
  }

  @Test
  void attributes_of_the_directory_itself_are_set_by_root() throws Exception {
    dir.setOwner(BytePath.ROOT, 5, 6);
    dir.setModificationTime(BytePath.ROOT, 77, 0);
    FileStatus status = dir.status(BytePath.ROOT);
    assertThat(status.uid()).isEqualTo(5);
    assertThat(status.gid()).isEqualTo(6);
    assertThat(status.mtimeSeconds()).isEqualTo(77);
    assertThatThrownBy(() -> dir.removeTree(BytePath.ROOT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void path_too_long_for_the_kernel_is_refused() {
    BytePath deep = BytePath.of("d/".repeat(2048) + "d");
    assertFails(Errno.ENAMETOOLONG, () -> dir.openFile(deep));
    assertFails(Errno.ENAMETOOLONG, () -> dir.makeSymlink(new byte[5000], NEW));
    assertFails(Errno.EINVAL, () -> dir.makeSymlink(new byte[] {'a', 0, 'b'}, NEW));
  }

  @Test
  void read_all_stops_at_its_limit_and_reads_what_has_no_size() throws Exception {
    assertThat(dir.readAll(FILE, 7)).isEqualTo("content".getBytes(UTF_8));
    LinuxException e = assertFails(Errno.EFBIG, () -> dir.readAll(FILE, 6));
    assertThat(e).hasMessageEndingWith("more than 6 bytes");
    try (Dir proc = Dir.open(Path.of("/proc/self"))) {
      BytePath mounts = BytePath.of("mountinfo");
      int size = proc.readAll(mounts, 1 << 20).length;
      assertThat(size).isPositive();
      assertFails(Errno.EFBIG, () -> proc.readAll(mounts, size - 1));
    }
  }

  @Test
  void space_is_what_df_says() throws Exception {
    String text = Command.of("df", "-B1", "--output=size", tree.toString()).run().text();
    long size = Long.parseLong(text.lines().toList().get(1).strip());
    FileSystemSpace space = dir.space();
    assertThat(space.totalBytes()).isEqualTo(size);
    assertThat(space.availableBytes()).isPositive().isLessThan(size);
    assertThat(space.freeInodes()).isLessThanOrEqualTo(space.totalInodes());
    dir.sync();
    dir.syncFileSystem();
  }

  @Test
  void programs_reach_the_directory_by_its_proc_path() throws Exception {
    Path path = dir.procPath(INNER);
    assertThat(Command.of("cat", path.toString()).run().text()).isEqualTo("inner");
    assertThat(dir.procPath(BytePath.ROOT)).isDirectory();
  }

  @Test
  void handles_live_on_when_their_directory_is_closed() throws Exception {
    Dir sub = dir.openDir(SUB);
    Dir again = dir.openDir(BytePath.ROOT);
    dir.close();
    try (sub;
        again) {
      assertThat(names(sub)).containsExactly("inner");
      assertThat(again.status(INNER).size()).isEqualTo(5);
    }
  }

  @Test
  void closed_handle_is_never_another_file() throws Exception {
    Dir sub = dir.openDir(SUB);
    FileHandle file = dir.openFile(FILE);
    sub.close();
    sub.close();
    file.close();
    // These get the numbers that were given back.
    try (Dir first = dir.openDir(BytePath.ROOT);
        FileHandle second = dir.openFile(INNER)) {
      assertThatThrownBy(sub::list)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("sub");
      assertThatThrownBy(() -> sub.status(BytePath.ROOT)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> sub.unlink(FILE)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(file::sync).isInstanceOf(IllegalStateException.class);
      file.close();
      assertThat(first.find(FILE)).isPresent();
      assertThat(second.status().size()).isEqualTo(5);
    }
  }

  @Test
  void no_call_leaves_a_descriptor_open() throws Exception {
    int before = openDescriptors();
    for (int i = 0; i < 50; i++) {
      dir.list();
      dir.status(INNER);
      dir.writeAtomically(INNER, new byte[10], 0600);
      dir.makeDir(BytePath.of("sub/d"), 0700);
      dir.removeTree(BytePath.of("sub/d"));
      assertFails(Errno.ENOENT, () -> dir.status(BytePath.of("sub/missing")));
      assertFails(Errno.ELOOP, () -> dir.status(BytePath.of("up/x")));
      assertFails(Errno.EFBIG, () -> dir.readAll(INNER, 1));
      assertFails(Errno.EISDIR, () -> dir.writeAtomically(SUB, new byte[1], 0600));
      assertFails(Errno.ENAMETOOLONG, () -> dir.makeSymlink(new byte[5000], NEW_BELOW));
      assertFails(Errno.ENOENT, () -> dir.link(BytePath.of("sub/inner"), BytePath.of("no/x")));
    }
    assertThat(openDescriptors()).isEqualTo(before);
  }

  private static int openDescriptors() {
    String[] names = new File("/proc/self/fd").list();
    return names == null ? -1 : names.length;
  }

  private static List<String> names(Dir dir) throws IOException {
    List<String> names = new ArrayList<>();
    dir.list().forEach(entry -> names.add(entry.name().toString()));
    return names;
  }
}

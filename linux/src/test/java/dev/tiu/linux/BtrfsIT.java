package dev.tiu.linux;

import static dev.tiu.linux.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BtrfsIT {
  private static final BytePath A = BytePath.of("a");
  private static final BytePath B = BytePath.of("b");
  private static final BytePath IN_A = BytePath.of("a/dir/in a");
  private static final BytePath IN_IN_A = BytePath.of("a/dir/in a/deep\n");

  private BtrfsDisk disk;
  private Dir top;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = BtrfsDisk.create(128 << 20);
    top = Dir.open(disk.mountPoint());
  }

  @AfterEach
  void closeDisk() throws IOException {
    top.close();
    disk.close();
  }

  /** Subvolume {@code a}, in it {@code dir/in a} and in that one a deeper one, each with a file. */
  private void makeNested() throws IOException {
    Btrfs.createSubvolume(top, A);
    top.makeDir(BytePath.of("a/dir"), 0755);
    Btrfs.createSubvolume(top, IN_A);
    Btrfs.createSubvolume(top, IN_IN_A);
    for (BytePath subvolume : List.of(A, IN_A, IN_IN_A)) {
      top.createFile(subvolume.resolve("file"), 0600).close();
    }
  }

  @Test
  void subvolume_is_told_from_directory_and_other_file_systems(@TempDir Path elsewhere)
      throws Exception {
    Btrfs.createSubvolume(top, A);
    top.makeDir(B, 0755);
    assertThat(top.status(A).mode()).isEqualTo(0755);
    try (Dir a = top.openDir(A);
        Dir b = top.openDir(B);
        Dir other = Dir.open(elsewhere)) {
      assertThat(Btrfs.isSubvolume(a)).isTrue();
      assertThat(Btrfs.isSubvolume(b)).isFalse();
      assertThat(Btrfs.isSubvolume(top)).isTrue();
      assertThat(Btrfs.isBtrfs(b)).isTrue();
      assertThat(Btrfs.isBtrfs(other)).isFalse();
      LinuxException e = assertFails(Errno.ENOTTY, () -> Btrfs.rootId(other));
      assertThat(e.call()).isEqualTo("BTRFS_IOC_INO_LOOKUP");
      assertFails(Errno.ENOTTY, () -> Btrfs.createSubvolume(other, A));
    }
    assertFails(Errno.EEXIST, () -> Btrfs.createSubvolume(top, A));
  }

  @Test
  void info_agrees_with_the_btrfs_tool() throws Exception {
    Btrfs.createSubvolume(top, A);
    try (Dir a = top.openDir(A)) {
      Btrfs.snapshot(a, top, B, Access.READ_ONLY);
      Btrfs.sync(top);
      try (Dir b = top.openDir(B)) {
        SubvolumeInfo source = Btrfs.info(a);
        SubvolumeInfo info = Btrfs.info(b);
        assertThat(info.parentUuid()).contains(source.uuid());
        assertThat(source.parentUuid()).isEmpty();
        assertThat(info.id()).isEqualTo(Btrfs.rootId(b)).isNotEqualTo(source.id());
        assertThat(info.parentId()).isEqualTo(Btrfs.TOP_LEVEL).isEqualTo(Btrfs.rootId(top));
        assertThat(info.access()).isEqualTo(Access.READ_ONLY);
        assertThat(source.access()).isEqualTo(Access.WRITABLE);
        String path = disk.mountPoint().resolve("b").toString();
        String shown = Command.of("btrfs", "subvolume", "show", path).run().text();
        assertThat(shown.replaceAll("[ \t]+", " "))
            .contains("\n UUID: " + info.uuid())
            .contains("\n Parent UUID: " + source.uuid())
            .contains("\n Subvolume ID: " + info.id())
            .contains("\n Generation: " + info.generation())
            .contains("\n Flags: readonly");
      }
    }
  }

  @Test
  void snapshot_has_the_content_and_an_access() throws Exception {
    Btrfs.createSubvolume(top, A);
    top.writeAtomically(BytePath.of("a/file"), new byte[] {42}, 0600);
    top.makeDir(BytePath.of("snapshots"), 0700);
    BytePath readOnly = BytePath.of("snapshots/ro");
    try (Dir a = top.openDir(A)) {
      Btrfs.snapshot(a, top, readOnly, Access.READ_ONLY);
      Btrfs.snapshot(a, top, B, Access.WRITABLE);
      assertFails(Errno.EEXIST, () -> Btrfs.snapshot(a, top, B, Access.WRITABLE));
    }
    assertThat(top.readAll(readOnly.resolve("file"), 9)).containsExactly(42);
    assertFails(Errno.EROFS, () -> top.createFile(readOnly.resolve("new"), 0600));
    top.createFile(B.resolve("new"), 0600).close();
    try (Dir snapshot = top.openDir(readOnly)) {
      assertThat(Btrfs.access(snapshot)).isEqualTo(Access.READ_ONLY);
      Btrfs.setAccess(snapshot, Access.WRITABLE);
      snapshot.createFile(BytePath.of("new"), 0600).close();
      Btrfs.setAccess(snapshot, Access.READ_ONLY);
      assertThat(Btrfs.access(snapshot)).isEqualTo(Access.READ_ONLY);
      assertFails(Errno.EROFS, () -> snapshot.unlink(BytePath.of("new")));
    }
    try (Dir directory = top.openDir(BytePath.of("snapshots"))) {
      assertFails(Errno.EINVAL, () -> Btrfs.snapshot(directory, top, A, Access.WRITABLE));
      assertFails(Errno.EINVAL, () -> Btrfs.setAccess(directory, Access.READ_ONLY));
    }
  }

  @Test
  void names_of_any_bytes_are_subvolumes() throws Exception {
    BytePath name = BytePath.ofBytes(new byte[] {(byte) 0xfe, '\n', ' '});
    Btrfs.createSubvolume(top, name);
    assertThat(Btrfs.nested(top).get(0).path()).isEqualTo(name);
    Btrfs.deleteSubvolume(top, name);
    assertThat(top.list()).isEmpty();
    BytePath longest = BytePath.of("n".repeat(255));
    Btrfs.createSubvolume(top, longest);
    Btrfs.deleteSubvolume(top, longest);
  }

  @Test
  void nested_subvolumes_are_listed_below_any_directory() throws Exception {
    makeNested();
    Btrfs.createSubvolume(top, B);
    assertThat(Btrfs.nested(top).stream().map(NestedSubvolume::path))
        .containsExactly(A, IN_A, IN_IN_A, B);
    try (Dir directory = top.openDir(BytePath.of("a/dir"));
        Dir deep = top.openDir(IN_IN_A)) {
      assertThat(Btrfs.nested(directory).stream().map(NestedSubvolume::path))
          .containsExactly(BytePath.of("in a"), BytePath.of("in a/deep\n"));
      assertThat(Btrfs.nested(directory).get(1).id()).isEqualTo(Btrfs.rootId(deep));
      assertThat(Btrfs.nested(deep)).isEmpty();
    }
  }

  @Test
  void many_nested_subvolumes_are_all_found() throws Exception {
    for (int i = 0; i < 150; i++) {
      Btrfs.createSubvolume(top, BytePath.of("%s%03d".formatted("long".repeat(50), i)));
    }
    assertThat(Btrfs.nested(top)).hasSize(150);
  }

  @Test
  void subvolume_is_deleted_with_nested_and_read_only_ones() throws Exception {
    makeNested();
    for (BytePath path : List.of(IN_IN_A, IN_A, A)) {
      try (Dir subvolume = top.openDir(path)) {
        Btrfs.setAccess(subvolume, Access.READ_ONLY);
      }
    }
    Btrfs.deleteSubvolume(top, A);
    assertThat(top.list()).isEmpty();
    assertThat(Btrfs.nested(top)).isEmpty();
  }

  @Test
  void delete_refuses_what_is_no_subvolume() throws Exception {
    top.makeDir(A, 0700);
    LinuxException e = assertFails(Errno.EINVAL, () -> Btrfs.deleteSubvolume(top, A));
    assertThat(e).hasMessageEndingWith("a: EINVAL (Invalid argument): not a subvolume");
    assertFails(Errno.ENOENT, () -> Btrfs.deleteSubvolume(top, B));
    top.makeSymlink(new byte[] {'a'}, B);
    assertFails(Errno.ELOOP, () -> Btrfs.deleteSubvolume(top, B));
  }

  @Test
  void snapshot_of_a_nested_one_leaves_a_placeholder_that_can_be_removed() throws Exception {
    makeNested();
    try (Dir a = top.openDir(A)) {
      Btrfs.snapshot(a, top, B, Access.WRITABLE);
      Btrfs.snapshot(a, top, BytePath.of("c"), Access.WRITABLE);
    }
    BytePath placeholder = BytePath.of("b/dir/in a");
    assertThat(top.status(placeholder).inode()).isEqualTo(2);
    top.removeDir(placeholder);
    assertThat(top.find(placeholder)).isEmpty();
    top.removeTree(BytePath.of("c/dir"));
    assertThat(top.find(BytePath.of("c/dir"))).isEmpty();
    try (Dir b = top.openDir(B)) {
      assertThat(Btrfs.nested(b)).isEmpty();
    }
    assertThat(top.find(IN_A.resolve("file"))).as("the original").isPresent();
  }

  @Test
  void tree_is_removed_with_the_subvolumes_in_it() throws Exception {
    top.makeDir(B, 0700);
    makeNested();
    top.rename(A, BytePath.of("b/a"));
    top.removeTree(B);
    assertThat(top.list()).isEmpty();
    assertThat(Btrfs.nested(top)).isEmpty();
    Btrfs.createSubvolume(top, A);
    top.removeTree(A);
    assertThat(top.list()).isEmpty();
  }

  @Test
  void default_subvolume_is_read_set_and_protected() throws Exception {
    assertThat(Btrfs.defaultSubvolume(top)).isEqualTo(Btrfs.TOP_LEVEL);
    Btrfs.createSubvolume(top, A);
    try (Dir a = top.openDir(A)) {
      long id = Btrfs.rootId(a);
      Btrfs.setDefaultSubvolume(top, id);
      assertThat(Btrfs.defaultSubvolume(a)).isEqualTo(id);
      String mountPoint = disk.mountPoint().toString();
      String shown = Command.of("btrfs", "subvolume", "get-default", mountPoint).run().text();
      assertThat(shown).startsWith("ID " + id + " ");
    }
    LinuxException e = assertFails(Errno.EPERM, () -> Btrfs.deleteSubvolume(top, A));
    assertThat(e.call()).isEqualTo("BTRFS_IOC_SNAP_DESTROY");
    assertFails(Errno.ENOENT, () -> Btrfs.setDefaultSubvolume(top, 99_999));
    Btrfs.setDefaultSubvolume(top, Btrfs.TOP_LEVEL);
    assertThat(Btrfs.defaultSubvolume(top)).isEqualTo(Btrfs.TOP_LEVEL);
    Btrfs.deleteSubvolume(top, A);
  }

  @Test
  void what_last_changed_it_is_the_same_until_a_file_in_it_changes() throws Exception {
    Btrfs.createSubvolume(top, A);
    Files.writeString(disk.mountPoint().resolve("a/file"), "x");
    try (Dir a = top.openDir(A)) {
      Btrfs.createSubvolume(a, BytePath.of("nested"));
      Btrfs.setAccess(a, Access.READ_ONLY);
      top.syncFileSystem();
      long before = Btrfs.info(a).changed();

      Btrfs.snapshot(a, top, B, Access.WRITABLE);
      Btrfs.setAccess(a, Access.WRITABLE);
      Files.writeString(disk.mountPoint().resolve("a/nested/file"), "in another subvolume");
      Btrfs.setAccess(a, Access.READ_ONLY);
      top.syncFileSystem();
      assertThat(Btrfs.info(a).changed()).isEqualTo(before);

      Btrfs.setAccess(a, Access.WRITABLE);
      a.setMode(BytePath.of("file"), 0600);
      assertThat(Btrfs.info(a).changed()).isGreaterThan(before);
    }
  }

  @Test
  void generation_grows_with_changes_only() throws Exception {
    Btrfs.createSubvolume(top, A);
    try (Dir a = top.openDir(A)) {
      Btrfs.sync(a);
      long before = Btrfs.info(a).generation();
      top.createFile(B, 0600).close();
      Btrfs.sync(a);
      assertThat(Btrfs.info(a).generation()).isEqualTo(before);
      Files.writeString(disk.mountPoint().resolve("a/file"), "x");
      Btrfs.sync(a);
      assertThat(Btrfs.info(a).generation()).isGreaterThan(before);
    }
  }
}

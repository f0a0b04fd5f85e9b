package dev.tiu.linux;

import static dev.tiu.linux.Failures.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MountsIT {
  private static final BytePath A = BytePath.of("a");
  private static final BytePath B = BytePath.of("b");

  @TempDir Path temp;

  @Test
  void detached_mount_is_a_whole_file_system_that_nobody_sees() throws Exception {
    Path image = makeImage();
    try (LoopDevice loop = LoopDevice.attach(image, Access.WRITABLE)) {
      try (Dir top = detached(loop, Access.WRITABLE)) {
        Btrfs.createSubvolume(top, A);
        top.writeAtomically(BytePath.of("a/file"), new byte[] {1, 2}, 0600);
        try (Dir a = top.openDir(A)) {
          Btrfs.snapshot(a, top, B, Access.READ_ONLY);
          Btrfs.setDefaultSubvolume(top, Btrfs.rootId(a));
        }
        assertThat(top.readAll(BytePath.of("b/file"), 9)).containsExactly(1, 2);
        assertThat(Btrfs.nested(top)).hasSize(2);
        assertThat(top.xattrs(A)).isEmpty();
        Path seen = top.procPath(BytePath.of("b/file"));
        assertThat(Command.of("wc", "-c", seen.toString()).run().text()).startsWith("2 ");
        assertThat(sources()).doesNotContain(loop.path().toString());
        Btrfs.sync(top);
      }
      // With another default, the top level is still what is asked for.
      try (Dir top = detached(loop, Access.WRITABLE)) {
        assertThat(Btrfs.rootId(top)).isEqualTo(Btrfs.TOP_LEVEL);
        top.removeTree(B);
      }
    }
    awaitDetached(image);
  }

  @Test
  void read_only_mount_refuses_writes_even_beside_a_writable_one() throws Exception {
    try (BtrfsDisk disk = BtrfsDisk.create(128 << 20);
        Dir top = Mounts.detached("btrfs", disk.device(), Map.of(), Access.READ_ONLY)) {
      Files.writeString(disk.mountPoint().resolve("a"), "x");
      assertThat(top.status(A).size()).isEqualTo(1);
      assertFails(Errno.EROFS, () -> top.createFile(B, 0600));
    }
    try (LoopDevice loop = LoopDevice.attach(makeImage(), Access.READ_ONLY);
        Dir top = detached(loop, Access.READ_ONLY)) {
      assertFails(Errno.EROFS, () -> top.createFile(B, 0600));
    }
  }

  @Test
  void failing_mount_tells_what_the_kernel_said() throws Exception {
    Path image = Files.write(temp.resolve("empty"), new byte[1 << 20]);
    try (LoopDevice loop = LoopDevice.attach(image, Access.WRITABLE)) {
      LinuxException e = assertFails(Errno.EINVAL, () -> detached(loop, Access.WRITABLE));
      assertThat(e).hasMessageContaining("fsconfig btrfs of " + loop.path() + ": EINVAL");
      LinuxException unknown =
          assertFails(
              Errno.EINVAL,
              () ->
                  Mounts.detached(
                      "btrfs", loop.path(), Map.of("nosuchoption", "1"), Access.WRITABLE));
      assertThat(unknown).hasMessageContaining("nosuchoption");
      assertFails(
          Errno.ENODEV, () -> Mounts.detached("nosuchfs", loop.path(), Map.of(), Access.WRITABLE));
    }
    awaitDetached(image);
  }

  @Test
  void mount_is_listed_with_strange_names_until_unmounted() throws Exception {
    Path point = Files.createDirectory(temp.resolve("a b\\c\u00e4"));
    Mounts.mount(Path.of("none"), point, "tmpfs", 0, "size=1m,mode=711");
    try {
      MountEntry entry =
          Mounts.mounted().stream()
              .filter(mount -> mount.mountPoint().equals(point.toString()))
              .findFirst()
              .orElseThrow();
      assertThat(entry.fsType()).isEqualTo("tmpfs");
      assertThat(entry.superOptions()).containsEntry("mode", "711").containsEntry("rw", "");
      try (Dir dir = Dir.open(point)) {
        LinuxException e = assertFails(Errno.EBUSY, () -> Mounts.unmount(point));
        assertThat(e.path()).isEqualTo(point.toString());
        assertThat(dir.status(BytePath.ROOT).device())
            .isEqualTo((long) entry.major() << 32 | entry.minor());
      }
    } finally {
      Mounts.unmount(point);
    }
    assertFails(Errno.EINVAL, () -> Mounts.unmount(point));
    assertFails(Errno.ENODEV, () -> Mounts.mount(Path.of("none"), point, "nosuchfs", 0, ""));
  }

  @Test
  void private_namespace_hides_mounts_from_other_threads() throws Exception {
    Path point = Files.createDirectory(temp.resolve("point"));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      String seenInside =
          thread
              .submit(
                  () -> {
                    Mounts.enterPrivateNamespace();
                    Mounts.mount(Path.of("none"), point, "tmpfs", 0, "");
                    Files.writeString(point.resolve("inside"), "x");
                    assertThat(mountPoints()).contains(point.toString());
                    return Command.of("ls", point.toString()).run().text();
                  })
              .get();
      assertThat(seenInside).isEqualTo("inside");
      assertThat(mountPoints()).doesNotContain(point.toString());
      assertThat(point).isEmptyDirectory();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } finally {
      thread.shutdown();
      assertThat(thread.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void loop_device_shows_the_file_and_its_access() throws Exception {
    Path image = Files.write(temp.resolve("content"), "x".repeat(4096).getBytes(UTF_8));
    try (LoopDevice loop = LoopDevice.attach(image, Access.READ_ONLY)) {
      Path sys = Path.of("/sys/block").resolve(loop.path().getFileName());
      assertThat(sys.resolve("loop/backing_file")).hasContent(image.toRealPath().toString());
      assertThat(sys.resolve("ro")).hasContent("1");
      assertThat(Files.readString(loop.path())).hasSize(4096).startsWith("xx");
    }
    awaitDetached(image);
    assertFails(Errno.ENOENT, () -> LoopDevice.attach(temp.resolve("none"), Access.READ_ONLY));
  }

  private Path makeImage() throws IOException {
    Path image = temp.resolve("image");
    Command.of("truncate", "-s", "128M", image.toString()).run();
    Command.of("mkfs.btrfs", "-q", image.toString()).run();
    return image;
  }

  private static Dir detached(LoopDevice loop, Access access) throws LinuxException {
    return Mounts.detached("btrfs", loop.path(), Map.of("subvolid", "5"), access);
  }

  private static List<String> mountPoints() throws IOException {
    return Mounts.mounted().stream().map(MountEntry::mountPoint).toList();
  }

  private static List<String> sources() throws IOException {
    return Mounts.mounted().stream().map(MountEntry::source).toList();
  }

  /** The kernel lets a device go a moment after its last user has. */
  private static void awaitDetached(Path image) throws Exception {
    String attached = "";
    for (int i = 0; i < 100; i++) {
      attached = Command.of("losetup", "-j", image.toString()).run().text();
      if (attached.isEmpty()) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    assertThat(attached).isEmpty();
  }
}

package dev.tiu.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tiu.linux.testing.BtrfsDisk;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class BtrfsDiskIT {
  @Test
  void disk_goes_even_when_a_test_leaves_a_handle_open() throws Exception {
    BtrfsDisk disk = BtrfsDisk.create(128 << 20);
    Dir forgotten = Dir.open(disk.mountPoint());
    Throwable e = catchThrowable(disk::close);
    assertThat(e).isInstanceOf(LinuxException.class).hasMessageContaining("EBUSY");
    assertThat(disk.mountPoint().getParent()).doesNotExist();
    forgotten.close();
    awaitDetached(disk.device());
  }

  @Test
  void disk_is_mounted_at_its_top_level() throws Exception {
    Path directory;
    try (BtrfsDisk disk = BtrfsDisk.create(128 << 20);
        Dir top = Dir.open(disk.mountPoint())) {
      assertThat(Btrfs.rootId(top)).isEqualTo(Btrfs.TOP_LEVEL);
      assertThat(disk.image()).isRegularFile();
      directory = disk.mountPoint().getParent();
    }
    assertThat(directory).doesNotExist();
  }

  /** Whoever asks next may be given the same device, so what counts is that ours isn't in it. */
  private static void awaitDetached(Path device) throws Exception {
    String attached = "";
    for (int i = 0; i < 100; i++) {
      attached =
          Command.of("losetup", "-n", "-O", "BACK-FILE", device.toString())
              .accepting(1)
              .run()
              .text();
      if (!attached.contains("tiu-btrfs") || !attached.contains("deleted")) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    assertThat(attached).isEmpty();
  }
}

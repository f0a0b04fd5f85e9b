package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BootMountTest {
  private static final BootMount MOUNT = new BootMount(BytePath.of("boot/firmware"));
  private static final String LINE = "UUID=12AB-34CD /boot/firmware vfat nofail,umask=0077 0 0";

  @TempDir Path etc;

  private void write() throws Exception {
    try (Dir dir = Dir.open(etc)) {
      MOUNT.write(dir, "12AB-34CD");
    }
  }

  @Test
  void line_comes_after_the_others() throws Exception {
    Files.writeString(etc.resolve("fstab"), "UUID=1 / btrfs defaults 0 0");
    write();
    assertThat(etc.resolve("fstab")).hasContent("UUID=1 / btrfs defaults 0 0\n" + LINE + "\n");
    write();
    assertThat(etc.resolve("fstab")).hasContent("UUID=1 / btrfs defaults 0 0\n" + LINE + "\n");
  }

  @Test
  void line_of_the_image_for_the_same_directory_gives_way() throws Exception {
    Files.writeString(
        etc.resolve("fstab"),
        "# PARTUUID=9-01 /boot/firmware vfat\nPARTUUID=9-01\t/boot/firmware\tvfat defaults 0 2\nx /x y\n");
    write();
    assertThat(etc.resolve("fstab"))
        .hasContent("# PARTUUID=9-01 /boot/firmware vfat\n" + LINE + "\nx /x y\n");
  }

  @Test
  void system_without_an_fstab_gets_one() throws Exception {
    write();
    assertThat(etc.resolve("fstab")).hasContent(LINE + "\n");
  }
}

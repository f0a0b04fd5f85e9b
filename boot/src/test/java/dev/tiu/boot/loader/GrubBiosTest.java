package dev.tiu.boot.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.boot.BootException;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GrubBiosTest {
  @TempDir Path directory;

  @Test
  void debians_and_suses_places_are_known_on_x86_alone() {
    assertThat(GrubBios.signs("x86_64"))
        .containsExactly(
            BytePath.of("usr/lib/grub/i386-pc/boot.img"),
            BytePath.of("usr/share/grub2/i386-pc/boot.img"));
    assertThat(GrubBios.signs("aarch64")).isEmpty();
    assertThat(GrubBios.makers())
        .containsExactly(BytePath.of("usr/bin/grub-mkimage"), BytePath.of("usr/bin/grub2-mkimage"));
  }

  @Test
  void boot_partition_is_looked_for_on_the_disk_that_was_started_first() {
    assertThat(GrubBios.config("12AB-34CD"))
        .isEqualTo("search.fs_uuid 12AB-34CD root $root\nset prefix=($root)/tiu\n");
    assertThat(
            GrubBios.argv(
                BytePath.of("usr/bin/grub2-mkimage"),
                BytePath.of("usr/share/grub2/i386-pc"),
                BytePath.of("var/tmp"),
                2))
        .startsWith(
            "/usr/bin/grub2-mkimage",
            "--directory=/usr/share/grub2/i386-pc",
            "--format=i386-pc",
            "--prefix=(,gpt2)/tiu",
            "--config=/var/tmp/load.cfg",
            "--output=/var/tmp/core.img")
        .contains("biosdisk", "fat", "btrfs", "loadenv");
  }

  @Test
  void system_without_it_is_refused_with_the_packages_that_have_it() throws Exception {
    Files.createDirectories(directory.resolve("usr/lib/grub/i386-pc"));
    try (Dir root = Dir.open(directory)) {
      assertThatThrownBy(() -> GrubBios.make(root, root, "12AB-34CD", 2))
          .isInstanceOf(BootException.class)
          .hasMessageContaining(
              "no /usr/lib/grub/i386-pc/boot.img or /usr/share/grub2/i386-pc/boot.img")
          .hasMessageContaining("grub-pc-bin and grub-common");
      Files.write(directory.resolve("usr/lib/grub/i386-pc/boot.img"), new byte[512]);
      assertThatThrownBy(() -> GrubBios.make(root, root, "12AB-34CD", 2))
          .hasMessageContaining("no /usr/bin/grub-mkimage or /usr/bin/grub2-mkimage");
    }
  }

  @Test
  void disk_for_a_bios_alone_needs_no_program_for_efi() throws Exception {
    Path modules = Files.createDirectories(directory.resolve("root/usr/share/grub2/i386-pc"));
    Files.write(modules.resolve("boot.img"), new byte[512]);
    Path boot = Files.createDirectory(directory.resolve("boot"));
    try (Dir root = Dir.open(directory.resolve("root"));
        Dir partition = Dir.open(boot)) {
      new LoaderProgram(BootLoaders.Kind.GRUB, "x86_64").put(root, partition, "12AB-34CD");
    }
    assertThat(boot).isEmptyDirectory();
  }
}

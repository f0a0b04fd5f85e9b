package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.boot.BootException;
import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LoaderProgramTest {
  @TempDir Path directory;
  private Path root;
  private Path boot;

  @BeforeEach
  void makeDirectories() throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
    boot = Files.createDirectory(directory.resolve("boot"));
  }

  private void image(String path, String content) throws IOException {
    Files.createDirectories(root.resolve(path).getParent());
    Files.writeString(root.resolve(path), content, ISO_8859_1);
  }

  private void put(Kind kind, String architecture) throws IOException {
    try (Dir from = Dir.open(root);
        Dir to = Dir.open(boot)) {
      new LoaderProgram(kind, architecture).put(from, to, "12AB-34CD");
    }
  }

  @Test
  void systemd_boot_lies_where_firmware_looks_by_itself() throws Exception {
    image("usr/lib/systemd/boot/efi/systemd-bootx64.efi", "program");
    put(Kind.SYSTEMD_BOOT, "x86_64");
    assertThat(boot.resolve("EFI/BOOT/BOOTX64.EFI")).hasContent("program");
    assertThat(boot.resolve("loader/loader.conf")).hasContent("timeout 2");
  }

  @Test
  void grub_reads_tius_script_from_where_it_was_built_to_look() throws Exception {
    image("usr/lib/grub/arm64-efi/monolithic/grubaa64.efi", "MZ.. /EFI/vendor\0 ..");
    put(Kind.GRUB, "aarch64");
    assertThat(boot.resolve("EFI/BOOT/BOOTAA64.EFI")).exists();
    assertThat(boot.resolve("EFI/vendor/grub.cfg"))
        .hasContent("search --no-floppy --fs-uuid --set=root 12AB-34CD\nsource /tiu/grub.cfg");
  }

  @Test
  void grub_without_a_prefix_takes_its_own_directory() {
    assertThat(LoaderProgram.prefix("no prefix: /EFI/".getBytes(ISO_8859_1))).isEqualTo("EFI/BOOT");
  }

  @Test
  void card_for_a_pi_has_the_firmware_and_the_images_config_without_what_tiu_decides()
      throws Exception {
    image("usr/lib/raspi-firmware/start4.elf", "start");
    image("usr/lib/raspi-firmware/fixup4.dat", "fixup");
    image("usr/lib/raspi-firmware/bootcode.bin", "code");
    image("boot/firmware/config.txt", "dtparam=audio=on\nkernel=vmlinuz\ninitramfs initrd.img\n");
    put(Kind.PI, "aarch64");
    for (String name : new String[] {"start4.elf", "fixup4.dat", "bootcode.bin"}) {
      assertThat(boot.resolve(name)).exists();
    }
    assertThat(boot.resolve("config.txt"))
        .hasContent("dtparam=audio=on\n#kernel=vmlinuz\n#initramfs initrd.img\n");
    try (Dir partition = Dir.open(boot)) {
      BootLoader pi = new BootLoaders(partition, false, Optional.empty()).of(Kind.PI);
      try (BootFixture fixture = new BootFixture(Files.createDirectory(directory.resolve("f")))) {
        pi.publish(fixture.entry(1, "one"));
        pi.makeDefault(1);
      }
      assertThat(boot.resolve("config.txt")).content().contains("os_prefix=tiu/", "dtparam=audio");
    }
  }

  @Test
  void card_for_a_pi_5_needs_no_firmware() throws Exception {
    put(Kind.PI, "aarch64");
    assertThat(boot.resolve("config.txt")).hasContent("arm_64bit=1");
  }

  @Test
  void image_without_the_program_is_refused_with_the_package_that_has_it() {
    assertThatThrownBy(() -> put(Kind.GRUB, "x86_64"))
        .isInstanceOf(BootException.class)
        .hasMessageContaining("/usr/lib/grub/x86_64-efi/monolithic/grubx64.efi")
        .hasMessageEndingWith("the package grub-efi-amd64-bin.");
  }

  @ParameterizedTest
  @EnumSource
  void only_u_boot_starts_a_riscv(Kind kind) {
    assertThat(new LoaderProgram(kind, "riscv64").isPossible())
        .isEqualTo(Set.of(Kind.U_BOOT, Kind.U_BOOT_BOOTCOUNT, Kind.EXTLINUX).contains(kind));
  }

  @Test
  void signs_of_a_pi_are_its_firmware() {
    assertThat(new LoaderProgram(Kind.PI, "aarch64").signs())
        .contains(BytePath.of("boot/firmware/start4.elf"))
        .contains(BytePath.of("usr/lib/raspi-firmware/start.elf"));
    assertThat(new LoaderProgram(Kind.PI, "x86_64").signs()).isEmpty();
  }
}

package dev.tiu.boot.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.boot.BootFiles;
import dev.tiu.boot.BootFiles.KernelWithInitrd;
import dev.tiu.boot.cmdline.CommandLine;
import dev.tiu.boot.initrd.Initrd;
import dev.tiu.boot.kernel.Kernel;
import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EntryFilesTest {
  @TempDir Path directory;
  private Dir root;
  private Dir kept;

  @BeforeEach
  void open() throws IOException {
    root = Dir.open(Files.createDirectory(directory.resolve("root")));
    kept = Dir.open(Files.createDirectory(directory.resolve("kept")));
  }

  @AfterEach
  void close() {
    root.close();
    kept.close();
  }

  @Test
  void kernel_and_initrd_have_fixed_names_where_a_menu_entry_names_them() throws Exception {
    assertThat(of(Kind.SYSTEMD_BOOT, kernel("6.1.0-1-amd64", "", "", "")))
        .containsExactly("linux <- boot/vmlinuz-6.1.0-1-amd64", "initrd <- initrd-6.1.0-1-amd64");
  }

  @Test
  void uboot_gets_the_device_trees_by_vendor_as_the_kernel_has_them() throws Exception {
    make("dtb/broadcom/bcm2711-rpi-4-b.dtb", "dtb/rockchip/rk3399-rock.dtb", "dtb/Makefile");
    assertThat(of(Kind.U_BOOT, kernel("6.1.0-1-arm64", "dtb", "", "")))
        .contains(
            "dtbs/broadcom/bcm2711-rpi-4-b.dtb <- dtb/broadcom/bcm2711-rpi-4-b.dtb",
            "dtbs/rockchip/rk3399-rock.dtb <- dtb/rockchip/rk3399-rock.dtb")
        .hasSize(4);
  }

  @Test
  void uefi_brings_its_own_device_tree() throws Exception {
    make("dtb/broadcom/bcm2711-rpi-4-b.dtb");
    assertThat(of(Kind.GRUB, kernel("6.1.0-1-arm64", "dtb", "", ""))).hasSize(2);
  }

  @Test
  void raspberry_pi_gets_each_kernel_by_its_name_and_all_trees_in_one_directory() throws Exception {
    make("dtb/broadcom/bcm2711-rpi-4-b.dtb", "dtb/broadcom/bcm4908-asus.dtb", "dtb/x/y.dtb");
    make("dtb/overlays/vc4.dtbo", "dtb/overlays/README");
    assertThat(
            of(
                Kind.PI,
                kernel("6.6.31+rpt-rpi-v8", "dtb", "dtb/overlays", "kernel8.img"),
                kernel("6.6.31+rpt-rpi-2712", "", "", "kernel_2712.img")))
        .containsExactlyInAnyOrder(
            "kernel8.img <- boot/vmlinuz-6.6.31+rpt-rpi-v8",
            "initramfs8 <- initrd-6.6.31+rpt-rpi-v8",
            "kernel_2712.img <- boot/vmlinuz-6.6.31+rpt-rpi-2712",
            "initramfs_2712 <- initrd-6.6.31+rpt-rpi-2712",
            "bcm2711-rpi-4-b.dtb <- dtb/broadcom/bcm2711-rpi-4-b.dtb",
            "overlays/vc4.dtbo <- dtb/overlays/vc4.dtbo",
            "overlays/README <- dtb/overlays/README");
  }

  @Test
  void kernel_of_a_distribution_takes_the_name_that_suits_the_architecture() throws Exception {
    make("dtb/broadcom/bcm2837-rpi-3-b.dtb");
    assertThat(of(Kind.PI, kernel("6.1.0-1-arm64", "dtb", "", "")))
        .contains(
            "kernel8.img <- boot/vmlinuz-6.1.0-1-arm64", "initramfs8 <- initrd-6.1.0-1-arm64");
  }

  @Test
  void board_whose_tree_the_firmware_calls_otherwise_finds_it_by_both_names() throws Exception {
    make("dtb/broadcom/bcm2837-rpi-3-b.dtb", "dtb/broadcom/bcm2837-rpi-cm3-io3.dtb");
    assertThat(of(Kind.PI, kernel("6.1.0-1-arm64", "dtb", "", "")))
        .contains(
            "bcm2837-rpi-3-b.dtb <- dtb/broadcom/bcm2837-rpi-3-b.dtb",
            "bcm2710-rpi-3-b.dtb <- dtb/broadcom/bcm2837-rpi-3-b.dtb",
            "bcm2710-rpi-cm3.dtb <- dtb/broadcom/bcm2837-rpi-cm3-io3.dtb");
  }

  @Test
  void overlays_get_the_readme_without_which_the_firmware_passes_them_over() throws Exception {
    make("dtb/bcm2711-rpi-4-b.dtb", "dtb/overlays/vc4.dtbo");
    assertThat(of(Kind.PI, kernel("6.1.0-1-arm64", "dtb", "dtb/overlays", "")))
        .contains("overlays/README <- overlays-README");
    assertThat(directory.resolve("kept/overlays-README")).content().contains("because this file");
    make("elsewhere/bcm2711-rpi-4-b.dtb");
    assertThat(of(Kind.PI, kernel("6.1.0-1-arm64", "elsewhere", "", "")))
        .noneMatch(line -> line.startsWith("overlays/"));
  }

  private void make(String... files) throws IOException {
    for (String file : files) {
      Path path = directory.resolve("root").resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, file);
    }
  }

  private static Kernel kernel(String version, String trees, String overlays, String name) {
    return new Kernel(
        version,
        BytePath.of("boot/vmlinuz-" + version),
        BytePath.of("usr/lib/modules/" + version),
        Optional.of(trees).filter(s -> !s.isEmpty()).map(BytePath::of),
        Optional.of(overlays).filter(s -> !s.isEmpty()).map(BytePath::of),
        Optional.of(name).filter(s -> !s.isEmpty()));
  }

  private List<String> of(Kind kind, Kernel... kernels) throws IOException {
    List<KernelWithInitrd> all =
        List.of(kernels).stream()
            .map(
                kernel ->
                    new KernelWithInitrd(
                        kernel,
                        Optional.of(new Initrd(BytePath.of("initrd-" + kernel.version()), 1))))
            .toList();
    BootFiles boot = new BootFiles(all, Optional.empty(), new CommandLine(List.of()));
    return EntryFiles.of(kind, boot, root, kept, "aarch64").stream()
        .map(file -> file.name() + " <- " + file.path())
        .toList();
  }
}

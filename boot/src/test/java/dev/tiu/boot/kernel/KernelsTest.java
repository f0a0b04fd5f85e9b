package dev.tiu.boot.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.boot.BootException;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Glob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KernelsTest {
  @TempDir private Path tree;

  private void write(String path, byte[] content) throws IOException {
    Path file = tree.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private void touch(String... paths) throws IOException {
    for (String path : paths) {
      write(path, new byte[0]);
    }
  }

  private void modules(String... versions) throws IOException {
    for (String version : versions) {
      touch("usr/lib/modules/" + version + "/modules.dep");
    }
  }

  private Kernels find() throws IOException {
    try (Dir root = Dir.open(tree)) {
      return Kernels.find(root);
    }
  }

  private Optional<Firmware> firmware() throws IOException {
    try (Dir root = Dir.open(tree)) {
      return Firmware.find(root);
    }
  }

  private static List<String> versions(List<Kernel> kernels) {
    return kernels.stream().map(Kernel::version).toList();
  }

  private static Optional<BytePath> path(String path) {
    return Optional.of(BytePath.of(path));
  }

  @Test
  void debian_the_newest_by_number_boots() throws Exception {
    modules("6.1.0-9-amd64", "6.1.0-52-amd64");
    write("boot/vmlinuz-6.1.0-9-amd64", Images.bzImage("6.1.0-9-amd64"));
    write("boot/vmlinuz-6.1.0-52-amd64", Images.bzImage("6.1.0-52-amd64"));
    Kernels kernels = find();
    assertThat(versions(kernels.all())).containsExactly("6.1.0-52-amd64", "6.1.0-9-amd64");
    assertThat(kernels.toBoot(Optional.empty()))
        .containsExactly(
            new Kernel(
                "6.1.0-52-amd64",
                BytePath.of("boot/vmlinuz-6.1.0-52-amd64"),
                BytePath.of("usr/lib/modules/6.1.0-52-amd64"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void rule_chooses_another_one() throws Exception {
    modules("6.1.0-9-amd64", "6.1.0-9-rt-amd64");
    write("boot/vmlinuz-6.1.0-9-amd64", Images.bzImage("6.1.0-9-amd64"));
    write("boot/vmlinuz-6.1.0-9-rt-amd64", Images.bzImage("6.1.0-9-rt-amd64"));
    assertThat(versions(find().toBoot(Optional.of(Glob.ofName("*-9-amd64")))))
        .containsExactly("6.1.0-9-amd64");
    assertThatThrownBy(() -> find().toBoot(Optional.of(Glob.ofName("*-cloud"))))
        .isInstanceOf(BootException.class)
        .hasMessage(
            "No kernel of this snapshot is called *-cloud; it has 6.1.0-9-rt-amd64, 6.1.0-9-amd64."
                + " It can't be told which one should boot, so it isn't made to boot."
                + " Change [boot] kernel in /etc/tiu/tiu.toml, or remove it to have the newest.");
  }

  @Test
  void image_beside_its_modules_is_found_with_its_device_trees() throws Exception {
    modules("6.9.4-200.fc40.aarch64");
    write("usr/lib/modules/6.9.4-200.fc40.aarch64/vmlinuz", Images.zboot("6.9.4-200.fc40.aarch64"));
    touch("usr/lib/modules/6.9.4-200.fc40.aarch64/dtb/broadcom/bcm2711-rpi-4-b.dtb");
    Kernel kernel = find().all().get(0);
    assertThat(kernel.image().toString()).endsWith("aarch64/vmlinuz");
    assertThat(kernel.deviceTrees()).isEqualTo(path("usr/lib/modules/6.9.4-200.fc40.aarch64/dtb"));
    assertThat(kernel.isRaspberryPi()).isFalse();
  }

  @Test
  void debian_arm64_has_device_trees_by_version() throws Exception {
    modules("6.1.0-9-arm64", "6.1.0-10-arm64");
    for (String version : List.of("6.1.0-9-arm64", "6.1.0-10-arm64")) {
      write("boot/vmlinuz-" + version, Images.arm64(version));
      touch("usr/lib/linux-image-" + version + "/broadcom/bcm2837-rpi-3-b.dtb");
    }
    assertThat(find().all())
        .extracting(Kernel::deviceTrees)
        .containsExactly(
            path("usr/lib/linux-image-6.1.0-10-arm64"), path("usr/lib/linux-image-6.1.0-9-arm64"));
  }

  /**
   * As raspi-firmware's hooks leave it.
   *
   * <pre>
   * boot/vmlinuz-6.6.31+rpt-rpi-v8   boot/firmware/kernel8.img       the same
   * boot/vmlinuz-6.6.31+rpt-rpi-2712 boot/firmware/kernel_2712.img   the same
   * boot/firmware/*.dtb overlays/ start4.elf …
   * </pre>
   */
  @Test
  void raspberry_pi_os_has_a_kernel_for_each_name_of_the_firmware() throws Exception {
    for (String flavour : List.of("v8", "2712")) {
      for (String version : List.of("6.6.20+rpt-rpi-" + flavour, "6.6.31+rpt-rpi-" + flavour)) {
        modules(version);
        write("boot/vmlinuz-" + version, Images.gzip(Images.arm64(version)));
      }
    }
    write("boot/firmware/kernel8.img", Images.gzip(Images.arm64("6.6.31+rpt-rpi-v8")));
    write("boot/firmware/kernel_2712.img", Images.gzip(Images.arm64("6.6.31+rpt-rpi-2712")));
    touch("boot/firmware/bcm2711-rpi-4-b.dtb", "boot/firmware/overlays/disable-bt.dtbo");
    List<Kernel> kernels = find().toBoot(Optional.empty());
    assertThat(kernels)
        .extracting(kernel -> kernel.firmwareName().orElseThrow() + " " + kernel.version())
        .containsExactlyInAnyOrder(
            "kernel8.img 6.6.31+rpt-rpi-v8", "kernel_2712.img 6.6.31+rpt-rpi-2712");
    assertThat(kernels).extracting(Kernel::deviceTrees).containsOnly(path("boot/firmware"));
    assertThat(kernels).extracting(Kernel::overlays).containsOnly(path("boot/firmware/overlays"));
    assertThat(versions(find().toBoot(Optional.of(Glob.ofName("*-v8")))))
        .containsExactly("6.6.31+rpt-rpi-v8");
  }

  @Test
  void kernel_that_only_the_firmware_knows_is_told_by_its_content() throws Exception {
    modules("6.12.1-v7l+");
    write("boot/kernel7l.img", Images.zImage("6.12.1-v7l+"));
    Kernel kernel = find().all().get(0);
    assertThat(kernel.image().toString()).isEqualTo("boot/kernel7l.img");
    assertThat(kernel.firmwareName()).contains("kernel7l.img");
  }

  @Test
  void image_of_another_version_than_its_name_is_refused() throws Exception {
    modules("6.1.0-9-amd64");
    write("boot/vmlinuz-6.1.0-9-amd64", Images.bzImage("6.1.0-8-amd64"));
    assertThatThrownBy(this::find)
        .isInstanceOf(BootException.class)
        .hasMessageStartingWith(
            "boot/vmlinuz-6.1.0-9-amd64: by its place it is kernel 6.1.0-9-amd64, by its content"
                + " 6.1.0-8-amd64. ");
  }

  @Test
  void tree_without_a_kernel_says_so() throws Exception {
    assertThat(find().toBoot(Optional.of(Glob.ofName("any")))).isEmpty();
    touch("usr/lib/modules/6.1.0-9-amd64/extra/left.ko", "boot/vmlinuz-5.10");
    assertThat(find()).hasToString(new Kernels(List.of()).toString());
    assertThat(find().toString()).startsWith("no kernel: ");
  }

  @Test
  void link_out_of_the_tree_leads_into_it() throws Exception {
    modules("6.1.0-9-amd64");
    write("boot/real", Images.bzImage("6.1.0-9-amd64"));
    Files.createSymbolicLink(
        tree.resolve("usr/lib/modules/6.1.0-9-amd64/vmlinuz"), Path.of("/boot/real"));
    Files.createSymbolicLink(
        tree.resolve("boot/vmlinuz-6.1.0-9-amd64"), Path.of("../../../../../../etc/passwd"));
    assertThat(find().all()).hasSize(1);
  }

  @Test
  void firmware_is_found_with_the_commit_it_was_built_from() throws Exception {
    assertThat(firmware()).isEmpty();
    String commit = "102f1e848393c2112206fadffaaf86db04e98326";
    write(
        "usr/lib/raspi-firmware/start4.elf",
        ("\1\2VC_BUILD_ID_VERSION: " + commit + " (clean)\0").getBytes(ISO_8859_1));
    touch("usr/lib/raspi-firmware/fixup4.dat", "usr/lib/raspi-firmware/bootcode.bin");
    touch("usr/lib/raspi-firmware/README");
    Firmware found = firmware().orElseThrow();
    assertThat(found.version()).contains(commit);
    assertThat(found.files())
        .extracting(path -> path.name().toString())
        .containsExactly("bootcode.bin", "fixup4.dat", "start4.elf");
  }
}

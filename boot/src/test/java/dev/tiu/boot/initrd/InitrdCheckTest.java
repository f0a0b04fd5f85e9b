package dev.tiu.boot.initrd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class InitrdCheckTest {
  private static final String VERSION = "6.1.0-9-amd64";

  /** As depmod writes it, with packed modules. */
  private static final String DEP =
      """
      kernel/fs/btrfs/btrfs.ko.xz: kernel/crypto/xor.ko.xz kernel/lib/libcrc32c.ko.xz
      kernel/crypto/xor.ko.xz:
      kernel/lib/libcrc32c.ko.xz:
      kernel/crypto/crc32c_generic.ko.xz:
      kernel/arch/x86/crypto/crc32c-intel.ko.xz:
      kernel/fs/xfs/xfs.ko.xz: kernel/lib/libcrc32c.ko.xz
      """;

  private static Optional<String> problem(String dep, String builtIn, String... paths) {
    Set<String> all = new TreeSet<>(Arrays.asList(paths));
    return InitrdCheck.problem(new InitrdContent(all), VERSION, KernelModules.parse(dep, builtIn));
  }

  private static String[] initrd(String... modules) {
    return initrdOf(VERSION, modules);
  }

  private static String[] initrdOf(String version, String... modules) {
    Set<String> paths = new TreeSet<>(Set.of("init", "bin/sh"));
    paths.add("usr/lib/modules/" + version + "/modules.dep");
    for (String module : modules) {
      paths.add("usr/lib/modules/" + version + "/" + module);
    }
    return paths.toArray(String[]::new);
  }

  private static final String[] COMPLETE =
      initrd(
          "kernel/fs/btrfs/btrfs.ko",
          "kernel/crypto/xor.ko.zst",
          "kernel/lib/libcrc32c.ko.xz",
          "kernel/arch/x86/crypto/crc32c-intel.ko.gz");

  @Test
  void complete_one_is_right_however_its_modules_are_packed() {
    assertThat(problem(DEP, "", COMPLETE)).isEmpty();
  }

  @Test
  void missing_dependency_is_named() {
    assertThat(problem(DEP, "", initrd("kernel/fs/btrfs/btrfs.ko", "kernel/crypto/xor.ko")))
        .contains(
            "can't mount a btrfs: it lacks kernel/lib/libcrc32c.ko,"
                + " kernel/arch/x86/crypto/crc32c-intel.ko or kernel/crypto/crc32c_generic.ko");
  }

  @Test
  void checksums_may_be_built_in() {
    assertThat(
            problem(
                DEP,
                "kernel/crypto/crc32c_generic.ko\n",
                initrd(
                    "kernel/fs/btrfs/btrfs.ko", "kernel/crypto/xor.ko", "kernel/lib/libcrc32c.ko")))
        .isEmpty();
  }

  @Test
  void modules_of_another_kernel_are_refused() {
    assertThat(problem(DEP, "", initrdOf("6.1.0-8-amd64", "kernel/fs/btrfs/btrfs.ko")))
        .contains("has modules of kernel 6.1.0-8-amd64, but is for kernel 6.1.0-9-amd64");
    assertThat(problem(DEP, "", "init"))
        .contains("has no modules, but is for kernel 6.1.0-9-amd64");
  }

  @Test
  void kernel_with_btrfs_built_in_needs_no_modules_but_no_others_either() {
    String builtIn = "kernel/fs/btrfs/btrfs.ko\n";
    assertThat(problem("", builtIn, "init")).isEmpty();
    assertThat(problem("", builtIn, initrdOf("5.10.0"))).isPresent();
  }

  @Test
  void kernel_without_btrfs_can_not_boot() {
    assertThat(problem("kernel/fs/ext4/ext4.ko:\n", "", initrd()))
        .contains("can't mount a btrfs: kernel 6.1.0-9-amd64 has no module for it");
  }

  @Test
  void without_init_nothing_starts() {
    assertThat(problem(DEP, "", "bin/sh"))
        .contains("has no /init, which is what a kernel starts in it");
  }

  @Test
  void what_lies_in_a_squashfs_is_not_known() {
    assertThat(problem(DEP, "", "init", "squashfs-root.img").orElseThrow()).contains("squashfs");
  }
}

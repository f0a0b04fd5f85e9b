package dev.tiu.boot.initrd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.boot.BootException;
import dev.tiu.boot.BootFiles;
import dev.tiu.boot.BootPreparation;
import dev.tiu.boot.cmdline.CommandLine;
import dev.tiu.boot.cmdline.KernelArguments;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.DirEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Real generators with a real kernel, in a sealed snapshot; cpio is the judge. */
final class InitrdMakerIT {
  @AutoClose private static SealedDebian debian;

  @BeforeAll
  static void unpackSystem() throws IOException {
    debian = SealedDebian.make();
  }

  @AfterEach
  void nothing_is_left_but_the_initrd_and_what_was_said() throws IOException {
    assertThat(debian.kept().list())
        .extracting(DirEntry::name)
        .isSubsetOf(
            BytePath.of("initrd-" + debian.kernel().version()),
            BytePath.of("initrd-" + debian.kernel().version() + ".log"),
            InitrdInputs.NAME);
  }

  private static InitrdMaker maker(Optional<InitrdGenerator> generator) {
    return debian.maker(SealedDebian.settings(generator));
  }

  /** As zstd and cpio list it. */
  private static List<String> listed() throws IOException {
    String script = "zstd -dc < \"$1\" | cpio --quiet --list";
    return Command.of("sh", "-c", script, "sh", "" + debian.initrd()).run().text().lines().toList();
  }

  @Test
  void kernel_of_the_tree_is_the_one_that_file_sees() throws Exception {
    String said =
        Command.of("file", debian.inRoot("" + debian.kernel().image()).toString()).run().text();
    assertThat(said).contains("bzImage, version " + debian.kernel().version() + " ");
  }

  @Test
  void initramfs_tools_makes_one_that_mounts_a_btrfs_and_is_the_same_again() throws Exception {
    InitrdMaker maker = maker(Optional.empty());
    Initrd initrd = debian.make(maker);
    assertThat(debian.log())
        .startsWith("$ mkinitramfs -o /var/tmp/initrd " + debian.kernel().version() + "\n");
    assertThat(debian.log()).endsWith("(exit code 0)\n");
    byte[] first = Files.readAllBytes(debian.initrd());
    assertThat(first).hasSize((int) initrd.size());
    String modules = "usr/lib/modules/" + debian.kernel().version();
    List<String> paths = listed();
    assertThat(paths).contains("init", modules + "/kernel/fs/btrfs/btrfs.ko");
    assertThat(debian.paths(initrd)).containsExactlyInAnyOrderElementsOf(paths);
    assertThat(Arrays.equals(debian.remade(maker), first)).isTrue();
  }

  @Test
  void dracut_makes_one_that_mounts_a_btrfs_and_is_the_same_again() throws Exception {
    InitrdMaker maker = maker(Optional.of(InitrdGenerator.DRACUT));
    byte[] first = debian.remade(maker);
    assertThat(listed())
        .contains(
            "init", "usr/lib/modules/" + debian.kernel().version() + "/kernel/fs/btrfs/btrfs.ko");
    assertThat(debian.log())
        .startsWith("$ dracut --force --no-hostonly ")
        .endsWith("(exit code 0)\n");
    assertThat(Arrays.equals(debian.remade(maker), first)).isTrue();
  }

  @Test
  void initrd_without_btrfs_is_refused_and_the_earlier_one_stays() throws Exception {
    Path before = Files.write(debian.initrd(), new byte[] {1});
    Path configuration = debian.inRoot("etc/initramfs-tools/conf.d/few");
    Files.writeString(configuration, "MODULES=list\n");
    try {
      assertThatThrownBy(
              () -> maker(Optional.empty()).make(debian.kernel(), InitrdPolicy.REGENERATE))
          .isInstanceOf(BootException.class)
          .hasMessageStartingWith("The initrd that initramfs-tools made ")
          .hasMessageContaining(debian.kernel().version())
          .hasMessageContaining("so it isn't made to boot; what boots now stays.")
          .hasMessageContaining("initrd-" + debian.kernel().version() + ".log");
      assertThat(before).hasBinaryContent(new byte[] {1});
    } finally {
      Files.delete(configuration);
    }
  }

  @Test
  void failing_hook_is_reported_with_its_words() throws Exception {
    Path hook = debian.inRoot("etc/initramfs-tools/hooks/broken");
    Files.writeString(
        hook, "#!/bin/sh\n[ \"$1\" = prereqs ] && exit 0\necho no luck >&2; exit 1\n");
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    try {
      assertThatThrownBy(
              () -> maker(Optional.empty()).make(debian.kernel(), InitrdPolicy.REGENERATE))
          .isInstanceOf(BootException.class)
          .hasMessageStartingWith("initramfs-tools failed with exit code 1 for kernel ")
          .message()
          .doesNotContain("..");
      assertThat(debian.log()).contains("no luck\n").contains("(exit code 1)");
    } finally {
      Files.delete(hook);
    }
  }

  @Test
  void snapshot_gives_all_that_a_boot_loader_needs() throws Exception {
    BootPreparation preparation =
        new BootPreparation(
            CommandLine.root(Btrfs.fileSystemId(debian.top()), "root"),
            KernelArguments.parse("console=ttyS0"),
            "x86_64",
            Optional.empty(),
            InitrdPolicy.REGENERATE,
            InitrdSettings.of(SealedDebian.TIME));
    BootFiles files =
        preparation
            .prepare(debian.root(), debian.kept(), BootPreparation.Initrds.ANEW)
            .orElseThrow();
    assertThat(files.kernel()).isEqualTo(debian.kernel());
    assertThat(files.kernels().get(0).initrd().orElseThrow().path())
        .hasToString("initrd-" + debian.kernel().version());
    assertThat(files.commandLine().arguments().toString())
        .endsWith(" rootflags=subvol=root rw panic=5 rd.shell=0 rd.emergency=reboot console=ttyS0");
    assertThat(files.firmware()).isEmpty();
  }

  @Test
  void kernel_with_btrfs_as_a_module_needs_an_initrd() {
    assertThatThrownBy(() -> maker(Optional.empty()).make(debian.kernel(), InitrdPolicy.NONE))
        .hasMessageStartingWith(
            "Kernel %s has btrfs as a module, and the policy is to have no initrd. "
                .formatted(debian.kernel().version()));
  }
}

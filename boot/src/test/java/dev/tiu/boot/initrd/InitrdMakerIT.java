package dev.tiu.boot.initrd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.boot.BootException;
import dev.tiu.boot.BootFiles;
import dev.tiu.boot.BootPreparation;
import dev.tiu.boot.cmdline.CommandLine;
import dev.tiu.boot.cmdline.KernelArguments;
import dev.tiu.boot.initrd.InitrdGenerator.Coverage;
import dev.tiu.boot.kernel.Kernel;
import dev.tiu.boot.kernel.Kernels;
import dev.tiu.boot.testing.DebianSystem;
import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real generators with a real kernel, in a sealed snapshot; cpio is the judge. */
final class InitrdMakerIT {
  private static final BytePath ROOT = BytePath.of("root");
  private static final BytePath KEPT = BytePath.of("tiu");
  private static final Instant TIME = Instant.ofEpochSecond(1_760_000_000);

  private static BtrfsDisk disk;
  private static Dir top;
  private static Dir root;
  private static Dir kept;
  private static Kernel kernel;

  @BeforeAll
  static void unpackSystem() throws IOException {
    disk = BtrfsDisk.create(2L << 30);
    top = Dir.open(disk.mountPoint());
    Btrfs.createSubvolume(top, ROOT);
    Btrfs.createSubvolume(top, BytePath.of("root/etc"));
    top.makeDir(KEPT, 0700);
    root = top.openDir(ROOT);
    kept = top.openDir(KEPT);
    DebianSystem.unpack(disk.mountPoint().resolve("root"));
    Btrfs.setAccess(root, Access.READ_ONLY);
    kernel = Kernels.find(root).toBoot(Optional.empty()).get(0);
  }

  @AfterAll
  static void closeAll() throws IOException {
    kept.close();
    root.close();
    top.close();
    disk.close();
  }

  @AfterEach
  void nothing_is_left_but_the_initrd_and_what_was_said() throws IOException {
    assertThat(kept.list())
        .extracting(DirEntry::name)
        .isSubsetOf(
            BytePath.of("initrd-" + kernel.version()),
            BytePath.of("initrd-" + kernel.version() + ".log"),
            InitrdInputs.NAME);
  }

  private static InitrdMaker maker(Optional<InitrdGenerator> generator) {
    return new InitrdMaker(
        root,
        kept,
        new InitrdSettings(
            generator,
            Coverage.ANY_HOST,
            InitrdSettings.DEFAULT_TIME_LIMIT,
            TIME,
            InitrdSettings.Trials.COUNTED_ELSEWHERE,
            List.of()));
  }

  private static Path path(Initrd initrd) {
    return disk.mountPoint().resolve("tiu").resolve(initrd.path().toString());
  }

  private static String log() throws IOException {
    return Files.readString(disk.mountPoint().resolve("tiu/initrd-" + kernel.version() + ".log"));
  }

  /** As cpio lists what the packer of that name gives. */
  private static List<String> listed(Path initrd, String packer) throws IOException {
    String script = packer + " -dc < \"$1\" | cpio --quiet --list";
    return Command.of("sh", "-c", script, "sh", initrd.toString()).run().text().lines().toList();
  }

  private static byte[] remade(InitrdMaker maker) throws IOException {
    return Files.readAllBytes(path(maker.make(kernel, InitrdPolicy.REGENERATE).orElseThrow()));
  }

  @Test
  void kernel_of_the_tree_is_the_one_that_file_sees() throws Exception {
    String said =
        Command.of("file", disk.mountPoint().resolve("root/" + kernel.image()).toString())
            .run()
            .text();
    assertThat(said).contains("bzImage, version " + kernel.version() + " ");
  }

  @Test
  void initramfs_tools_makes_one_that_mounts_a_btrfs_and_is_the_same_again() throws Exception {
    InitrdMaker maker = maker(Optional.empty());
    Initrd initrd = maker.make(kernel, InitrdPolicy.REGENERATE).orElseThrow();
    assertThat(log()).startsWith("$ mkinitramfs -o /var/tmp/initrd " + kernel.version() + "\n");
    assertThat(log()).endsWith("(exit code 0)\n");
    byte[] first = Files.readAllBytes(path(initrd));
    assertThat(first).hasSize((int) initrd.size());
    String modules = "usr/lib/modules/" + kernel.version();
    List<String> paths = listed(path(initrd), "zstd");
    assertThat(paths).contains("init", modules + "/kernel/fs/btrfs/btrfs.ko");
    try (FileHandle file = kept.openFile(initrd.path())) {
      assertThat(InitrdContent.read(file.stream()).paths())
          .containsExactlyInAnyOrderElementsOf(paths);
    }
    assertThat(Arrays.equals(remade(maker), first)).isTrue();
  }

  @Test
  void dracut_makes_one_that_mounts_a_btrfs_and_is_the_same_again() throws Exception {
    InitrdMaker maker = maker(Optional.of(InitrdGenerator.DRACUT));
    byte[] first = remade(maker);
    assertThat(listed(path(new Initrd(BytePath.of("initrd-" + kernel.version()), 0)), "zstd"))
        .contains("init", "usr/lib/modules/" + kernel.version() + "/kernel/fs/btrfs/btrfs.ko");
    assertThat(log()).startsWith("$ dracut --force --no-hostonly ").endsWith("(exit code 0)\n");
    assertThat(Arrays.equals(remade(maker), first)).isTrue();
  }

  /** With its own shell and programs; a directory takes the boot partition's place. */
  private static final String COUNT =
      """
      set -e
      cd "$1"
      cat >"$1/rest" "$2"
      for packer in cat zstd; do
        # The first archive, then what follows it, as the kernel does.
        if [ $packer = cat ]; then
          cpio --quiet -i --make-directories <"$1/rest" 2>/dev/null
        else
          offset=$(LC_ALL=C grep -obaP '\\x28\\xb5\\x2f\\xfd' "$1/rest" | head -n 1 | cut -d: -f1)
          tail -c +$((offset + 1)) "$1/rest" | zstd -dc 2>/dev/null \\
            | cpio --quiet -i --make-directories --unconditional
        fi
      done
      mkdir -p test/proc test/tiu/modules test/dev/disk/by-uuid fat/tiu fakes dev
      mknod dev/null c 1 3
      echo "quiet tiu.trial=2 tiu.boot=0123-ABCD" >test/proc/cmdline
      : >test/tiu/modules/list
      : >test/dev/disk/by-uuid/0123-ABCD
      printf '#!/bin/sh\\nmv "$6" "$6.old" && ln -s /fat "$6"\\n' >fakes/mount
      printf '#!/bin/sh\\nexit 0\\n' >fakes/umount
      chmod +x fakes/*
      printf '%s' "$3" >fat/tiu/tries
      chroot . /bin/sh -c 'PATH=/fakes:/bin:/sbin:/usr/bin:/usr/sbin; export PATH; sh /tiu/count-try /test'
      """;

  @Test
  void initrd_counts_by_what_it_has_where_it_is_asked_to(@TempDir Path unpacked) throws Exception {
    InitrdMaker maker = new InitrdMaker(root, kept, InitrdSettings.of(TIME).countingTries());
    Initrd initrd = maker.make(kernel, InitrdPolicy.REGENERATE).orElseThrow();
    assertThat(InitrdMaker.countsTries(kept, initrd.path())).isTrue();
    assertThat(maker.find(kernel)).contains(initrd);
    try (FileHandle file = kept.openFile(initrd.path())) {
      assertThat(InitrdContent.read(file.stream()).paths())
          .contains("tiu/count-try", "conf/conf.d/zz-tiu-trial", "scripts/tiu")
          .contains("tiu/modules/vfat.ko", "scripts/local");
    }
    String counter = "trial=2\nleft=3\n";
    String sector = "# tiu: these 512 bytes are tiu's; lines below are kept\n" + counter;
    sector += "#".repeat(511 - sector.length()) + "\n";
    String said =
        Command.of("bash", "-c", COUNT, "bash", "" + unpacked, "" + path(initrd), sector)
            .run()
            .text();
    assertThat(said).contains("snapshot 2 is on trial: 2 more boots after this one");
    assertThat(Files.readString(unpacked.resolve("fat/tiu/tries")))
        .isEqualTo(sector.replace("left=3", "left=2"));
    assertThat(Files.readAllLines(unpacked.resolve("tiu/modules/list")))
        .contains("nls_cp437.ko", "nls_ascii.ko")
        .containsSubsequence("fat.ko", "vfat.ko");
    byte[] first = Files.readAllBytes(path(initrd));
    assertThat(Arrays.equals(remade(maker), first)).isTrue();
  }

  @Test
  void initrd_feeds_the_watchdog_where_the_system_does() throws Exception {
    // A kernel for clouds has no watchdog's driver: another module stands for one.
    InitrdMaker maker =
        new InitrdMaker(root, kept, InitrdSettings.of(TIME).feeding(List.of("null_blk")));
    Path etc = disk.mountPoint().resolve("root/etc");
    Path dropIn = etc.resolve("systemd/system.conf.d/50-tiu-watchdog.conf");
    Files.createDirectories(dropIn.getParent());
    Files.writeString(dropIn, "[Manager]\nRuntimeWatchdogSec=30s\n");
    try {
      assertThat(pathsOf(maker.make(kernel, InitrdPolicy.REGENERATE)))
          .contains("tiu/watchdog/feed", "conf/conf.d/zz-tiu-watchdog", "scripts/local")
          .contains("tiu/watchdog/modules/null_blk.ko", "tiu/watchdog/modules/list");
    } finally {
      Files.delete(dropIn);
    }
  }

  private Set<String> pathsOf(Optional<Initrd> initrd) throws IOException {
    try (FileHandle file = kept.openFile(initrd.orElseThrow().path())) {
      return InitrdContent.read(file.stream()).paths();
    }
  }

  @Test
  void dracut_s_counts_by_its_hooks() throws Exception {
    InitrdMaker maker =
        new InitrdMaker(
            root,
            kept,
            new InitrdSettings(
                Optional.of(InitrdGenerator.DRACUT),
                Coverage.ANY_HOST,
                InitrdSettings.DEFAULT_TIME_LIMIT,
                TIME,
                InitrdSettings.Trials.COUNTED_HERE,
                List.of()));
    Initrd initrd = maker.make(kernel, InitrdPolicy.REGENERATE).orElseThrow();
    assertThat(InitrdMaker.countsTries(kept, initrd.path())).as(log()).isTrue();
    try (FileHandle file = kept.openFile(initrd.path())) {
      assertThat(InitrdContent.read(file.stream()).paths())
          .anyMatch(p -> p.endsWith("hooks/pre-trigger/00-tiu.sh"));
    }
  }

  @Test
  void initrd_without_btrfs_is_refused_and_the_earlier_one_stays() throws Exception {
    Path before =
        Files.write(disk.mountPoint().resolve("tiu/initrd-" + kernel.version()), new byte[] {1});
    Path configuration = disk.mountPoint().resolve("root/etc/initramfs-tools/conf.d/few");
    Files.writeString(configuration, "MODULES=list\n");
    try {
      assertThatThrownBy(() -> maker(Optional.empty()).make(kernel, InitrdPolicy.REGENERATE))
          .isInstanceOf(BootException.class)
          .hasMessageStartingWith("The initrd that initramfs-tools made ")
          .hasMessageContaining(kernel.version())
          .hasMessageContaining("so it isn't made to boot; what boots now stays.")
          .hasMessageContaining("initrd-" + kernel.version() + ".log");
      assertThat(before).hasBinaryContent(new byte[] {1});
    } finally {
      Files.delete(configuration);
    }
  }

  @Test
  void failing_hook_is_reported_with_its_words() throws Exception {
    Path hook = disk.mountPoint().resolve("root/etc/initramfs-tools/hooks/broken");
    Files.writeString(
        hook, "#!/bin/sh\n[ \"$1\" = prereqs ] && exit 0\necho no luck >&2; exit 1\n");
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    try {
      assertThatThrownBy(() -> maker(Optional.empty()).make(kernel, InitrdPolicy.REGENERATE))
          .isInstanceOf(BootException.class)
          .hasMessageStartingWith("initramfs-tools failed with exit code 1 for kernel ")
          .message()
          .doesNotContain("..");
      assertThat(log()).contains("no luck\n").contains("(exit code 1)");
    } finally {
      Files.delete(hook);
    }
  }

  @Test
  void snapshot_gives_all_that_a_boot_loader_needs() throws Exception {
    BootPreparation preparation =
        new BootPreparation(
            CommandLine.root(Btrfs.fileSystemId(top), "root"),
            KernelArguments.parse("console=ttyS0"),
            "x86_64",
            Optional.empty(),
            InitrdPolicy.REGENERATE,
            InitrdSettings.of(TIME));
    BootFiles files = preparation.prepare(root, kept, BootPreparation.Initrds.ANEW).orElseThrow();
    assertThat(files.kernel()).isEqualTo(kernel);
    assertThat(files.kernels().get(0).initrd().orElseThrow().path())
        .hasToString("initrd-" + kernel.version());
    assertThat(files.commandLine().arguments().toString())
        .endsWith(" rootflags=subvol=root rw panic=5 rd.shell=0 rd.emergency=reboot console=ttyS0");
    assertThat(files.firmware()).isEmpty();
  }

  @Test
  void kernel_with_btrfs_as_a_module_needs_an_initrd() {
    assertThatThrownBy(() -> maker(Optional.empty()).make(kernel, InitrdPolicy.NONE))
        .hasMessageStartingWith(
            "Kernel %s has btrfs as a module, and the policy is to have no initrd. "
                .formatted(kernel.version()));
  }
}

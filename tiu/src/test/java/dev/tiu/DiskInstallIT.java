package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.boot.testing.DebianSystem;
import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import dev.tiu.linux.testing.Partitions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole disks with a real Debian, as the tools of others see them. */
final class DiskInstallIT {
  private static final Tiu TIU = Tiu.now();
  private static final int KILLED = 137;
  private static final long SECTOR = 512;
  private static final Pattern PARTITION = Pattern.compile("start= *(\\d+), size= *(\\d+)");
  private static final String KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me@home";
  private static final List<String> PACKAGES =
      List.of(
          "linux-image-cloud-amd64",
          "initramfs-tools",
          "zstd",
          "btrfs-progs",
          "systemd-sysv",
          "systemd-boot",
          "grub-efi-amd64-bin",
          "sudo",
          "wpasupplicant");

  /**
   * A few modules make a small initrd quickly. The Pi's firmware and device tree are only looked
   * for; a kernel for it is one that says no other architecture.
   */
  private static final String COMPLETE =
      """
      set -eu
      cd "$T"
      mkdir -p efi boot/efi boot/firmware usr/lib/raspi-firmware
      for f in bootcode.bin start4.elf fixup4.dat; do echo $f > usr/lib/raspi-firmware/$f; done
      trees=$(echo usr/lib/linux-image-*)
      [ -d "$trees" ] || trees=usr/lib/linux-image-$(ls usr/lib/modules)
      mkdir -p "$trees/broadcom"
      echo tree > "$trees/broadcom/bcm2711-rpi-4-b.dtb"
      echo MODULES=list > etc/initramfs-tools/conf.d/small.conf
      printf 'btrfs\\nvirtio_blk\\n' > etc/initramfs-tools/modules
      """;

  @TempDir private static Path shared;
  @TempDir private Path directory;
  private Path image;

  @BeforeEach
  void nameImage() {
    image = directory.resolve("card.img");
  }

  @BeforeAll
  static void packSystems() throws IOException {
    TIU.run("key", "init", shared.resolve("keys")).orFail();
    Path tree = Files.createDirectory(shared.resolve("tree"));
    DebianSystem.unpack(PACKAGES, tree);
    script(tree, COMPLETE);
    pack(tree, "debian", "x86_64", "1");
    pack(tree, "pi", "aarch64", "1");
    Path broken = tree.resolve("etc/initramfs-tools/hooks/broken");
    Files.writeString(broken, "#!/bin/sh\n[ \"$1\" = prereqs ] && exit 0\nexit 3\n");
    Command.of("chmod", "755", broken.toString()).run();
    pack(tree, "broken", "x86_64", "1");
    Command.of("rm", "-rf", "--one-file-system", tree.toString()).run();

    Path small = Files.createDirectories(shared.resolve("small"));
    script(
        small,
        "cd $T; mkdir -p boot etc usr/lib/systemd/boot/efi bin lib var; echo ID=x > usr/lib/os-release;"
            + " echo x > usr/lib/systemd/boot/efi/systemd-bootx64.efi");
    pack(small, "small", "x86_64", "1");
    script(
        small, "cd $T; mkdir etc/tiu; printf '[boot]\\nloader = \"none\"\\n' > etc/tiu/tiu.toml");
    pack(small, "none", "x86_64", "1");
    script(small, "cd $T; rm -r boot etc/tiu; mkdir -p efi usr/lib/grub/i386-pc");
    script(small, "echo x > $T/usr/lib/grub/i386-pc/boot.img");
    pack(small, "without-mkimage", "x86_64", "1");
    script(small, "cd $T; rm -r usr/lib/grub; mkdir etc/tiu");
    script(small, "printf '[boot]\\nkernels = \"btrfs\"\\n' > $T/etc/tiu/tiu.toml");
    pack(small, "kernels-on-btrfs", "x86_64", "1");
    script(small, "cd $T; rm -r efi etc/tiu");
    pack(small, "without-place", "x86_64", "1");
  }

  private static void script(Path tree, String text) throws IOException {
    Command.of("bash", "-c", text).environment(Map.of("T", tree.toString())).run();
  }

  private static void pack(Path tree, String name, String architecture, String version) {
    TIU.run(
            "create",
            "--rootfs",
            tree,
            "--output",
            bundle(name),
            "--compatible",
            "kiosk",
            "--version",
            version,
            "--architecture",
            architecture,
            "--kernel-arguments",
            "console=ttyS0",
            "--compression",
            "zstd:1",
            "--key",
            shared.resolve("keys/signer.key.pem"),
            "--cert",
            shared.resolve("keys/signer.crt.pem"))
        .orFail();
  }

  private static Path bundle(String name) {
    return shared.resolve(name + ".tiu");
  }

  private Tiu.Outcome install(String name, Object... more) {
    List<Object> all =
        new ArrayList<>(
            List.of(
                "install",
                "--disk",
                image,
                "--bundle",
                bundle(name),
                "--keyring",
                shared.resolve("keys/ca.crt.pem")));
    all.addAll(List.of(more));
    return TIU.run(all.toArray());
  }

  private static String run(String... argv) throws IOException {
    return Command.of(argv).run().text().strip();
  }

  @AfterEach
  void no_loop_device_is_left() throws IOException {
    assertThat(run("losetup", "--list", "--noheadings", "--output", "BACK-FILE"))
        .doesNotContain(directory.toString());
  }

  private List<String> files() throws IOException {
    try (Stream<Path> list = Files.list(directory)) {
      return list.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** In bytes. */
  private record Range(long offset, long size) {}

  private static List<Range> partitions(Path disk) throws IOException {
    List<Range> ranges = new ArrayList<>();
    Matcher partition = PARTITION.matcher(run("sfdisk", "--dump", disk.toString()));
    while (partition.find()) {
      ranges.add(
          new Range(
              Long.parseLong(partition.group(1)) * SECTOR,
              Long.parseLong(partition.group(2)) * SECTOR));
    }
    return ranges;
  }

  /** A disk's btrfs, mounted, and its FAT, copied out. */
  private final class Opened implements AutoCloseable {
    private final String loop;
    private final Path top = directory.resolve("top");
    private final Path boot = directory.resolve("boot");
    private final String btrfsUuid;
    private final String fatUuid;

    Opened(Path disk) throws IOException {
      List<Range> ranges = partitions(disk);
      Range root = ranges.get(1);
      loop =
          run(
              "losetup",
              "--find",
              "--show",
              "--offset",
              "" + root.offset(),
              "--sizelimit",
              "" + root.size(),
              disk.toString());
      run("btrfs", "check", "--readonly", loop);
      btrfsUuid = run("blkid", "--probe", "--output", "value", "--match-tag", "UUID", loop);
      String fat = disk + "@@" + ranges.get(0).offset();
      fatUuid =
          run(
              "blkid",
              "--probe",
              "--offset",
              "" + ranges.get(0).offset(),
              "--output",
              "value",
              "--match-tag",
              "UUID",
              disk.toString());
      Files.createDirectories(boot);
      run("mcopy", "-s", "-n", "-Q", "-i", fat, "::/*", boot.toString());
      Files.createDirectories(top);
      run("mount", "-o", "subvolid=5", loop, top.toString());
    }

    Path etc() {
      return root().resolve("etc");
    }

    Path root() {
      return top.resolve("@/.snapshots/1/snapshot");
    }

    /** All that says something on the boot partition, in one text. */
    String texts() throws IOException {
      return run("grep", "-rIh", "", boot.toString());
    }

    @Override
    public void close() throws IOException {
      run("umount", top.toString());
      run("losetup", "--detach", loop);
      run("rm", "-rf", boot.toString(), top.toString());
    }
  }

  private static String place(Kind kind) {
    return switch (kind) {
      case PI -> "boot/firmware";
      case SYSTEMD_BOOT -> "efi";
      case GRUB -> "boot/efi";
      case U_BOOT, U_BOOT_BOOTCOUNT, EXTLINUX -> "boot";
    };
  }

  private static List<String> filesOf(Kind kind) {
    return switch (kind) {
      case PI -> List.of("config.txt", "tryboot.txt", "start4.elf", "fixup4.dat", "bootcode.bin");
      case SYSTEMD_BOOT ->
          List.of("EFI/BOOT/BOOTX64.EFI", "loader/loader.conf", "loader/entries/tiu-1.conf");
      case GRUB ->
          List.of("EFI/BOOT/BOOTX64.EFI", "EFI/debian/grub.cfg", "tiu/grub.cfg", "tiu/grub/1.cfg");
      case U_BOOT, U_BOOT_BOOTCOUNT -> List.of("boot.scr", "tiu/uboot.txt");
      case EXTLINUX -> List.of("extlinux/extlinux.conf", "tiu/extlinux/1.conf");
    };
  }

  @ParameterizedTest
  @EnumSource
  void disk_has_what_its_boot_loader_starts(Kind kind) throws Exception {
    install(kind == Kind.PI ? "pi" : "debian", "--boot", kind.label()).orFail();
    assertThat(files()).containsExactly("card.bmap", "card.img");
    assertThat(run("sfdisk", "--verify", image.toString())).contains("No errors detected");
    assertThat(run("sfdisk", "--dump", image.toString()))
        .contains(kind == Kind.PI ? "label: dos" : "label: gpt");
    long holes =
        Files.size(image) - Long.parseLong(run("du", "-B1", image.toString()).split("\\s", -1)[0]);
    assertThat(holes).as("bytes that take no room").isGreaterThan(1L << 30);

    try (Opened disk = new Opened(image)) {
      String root = "root=UUID=" + disk.btrfsUuid + " rootflags=subvol=@/.snapshots/1/snapshot rw";
      assertThat(disk.texts().replace("' '", " ").replace("'", ""))
          .contains(root)
          .contains("console=ttyS0");
      filesOf(kind).forEach(name -> assertThat(disk.boot.resolve(name)).exists());
      String kernel = kind == Kind.PI ? "kernel8.img" : "linux";
      String initrd = kind == Kind.PI ? "initramfs8" : "initrd";
      Path set = onlyDirectory(disk.boot.resolve("tiu"));
      assertThat(set.resolve(initrd)).isNotEmptyFile();
      String version = disk.root().resolve("usr/lib/modules").toFile().list()[0];
      assertThat(
              Files.mismatch(set.resolve(kernel), disk.root().resolve("boot/vmlinuz-" + version)))
          .isEqualTo(-1);

      List<String> fstab = Files.readAllLines(disk.etc().resolve("fstab"));
      assertThat(fstab)
          .contains(
              "UUID=%s / btrfs defaults 0 0".formatted(disk.btrfsUuid),
              "UUID=%s /%s vfat nofail,umask=0077 0 0".formatted(disk.fatUuid, place(kind)));
      for (String name : List.of("var", "home", "root", "srv", "opt", "usr/local")) {
        String subvolume = "@/" + name.replace('/', '-');
        assertThat(fstab)
            .contains("UUID=%s /%s btrfs subvol=%s 0 0".formatted(disk.btrfsUuid, name, subvolume));
        run("btrfs", "subvolume", "show", disk.top.resolve(subvolume).toString());
        assertThat(disk.root().resolve(name)).isDirectory();
      }
      assertThat(disk.root().resolve(place(kind))).isDirectory();
      assertThat(disk.etc().resolve("tiu/tiu.toml"))
          .content()
          .contains("compatible = \"kiosk\"", "[boot]\nloader = \"%s\"".formatted(kind.label()));
      assertThat(run("btrfs", "subvolume", "get-default", disk.top.toString()))
          .endsWith(" path @/.snapshots/1/snapshot");
      assertThat(run("btrfs", "property", "get", disk.root().toString(), "ro"))
          .isEqualTo("ro=true");
      assertThat(TIU.run("list", "--sysroot", disk.top).orFail().out()).contains("good");
    }
  }

  private static Path onlyDirectory(Path parent) throws IOException {
    try (Stream<Path> list = Files.list(parent)) {
      List<Path> sets =
          list.filter(path -> path.getFileName().toString().matches("[0-9a-f]{16}")).toList();
      assertThat(sets).hasSize(1);
      return sets.get(0);
    }
  }

  @Test
  void what_makes_a_device_this_one_is_its_own_for_later_updates() throws Exception {
    Path keys = Files.writeString(directory.resolve("keys"), KEY + "\n");
    Path passphrase = Files.writeString(directory.resolve("passphrase"), "correct horse\n");
    install(
            "debian",
            "--boot",
            "grub",
            "--hostname",
            "kiosk-7",
            "--user",
            "ada",
            "--authorized-keys",
            keys,
            "--wifi",
            "home net",
            "--wifi-passphrase-file",
            passphrase)
        .orFail();
    try (Opened disk = new Opened(image)) {
      assertThat(disk.etc().resolve("hostname")).hasContent("kiosk-7");
      assertThat(run("grep", "^ada:", disk.etc().resolve("passwd").toString()))
          .isEqualTo("ada:x:1000:1000::/home/ada:/bin/bash");
      assertThat(run("grep", "^sudo:", disk.etc().resolve("group").toString())).endsWith(":ada");
      assertThat(run("grep", "^ada:", disk.etc().resolve("shadow").toString()))
          .startsWith("ada:!:");
      Path home = disk.top.resolve("@/home/ada");
      assertThat(run("stat", "--format=%u:%g %a", home + "/.ssh")).isEqualTo("1000:1000 700");
      assertThat(run("stat", "--format=%u:%g %a", home + "/.ssh/authorized_keys"))
          .isEqualTo("1000:1000 600");
      assertThat(home.resolve(".ssh/authorized_keys")).hasContent(KEY);
      assertThat(home.resolve(".profile")).exists();
      Path network = disk.etc().resolve("wpa_supplicant/wpa_supplicant-wlan0.conf");
      assertThat(run("stat", "--format=%u:%g %a", network.toString())).isEqualTo("0:0 600");
      assertThat(network).content().contains("ssid=686f6d65206e6574").doesNotContain("correct");
      assertThat(
              Files.readSymbolicLink(
                      disk.etc()
                          .resolve(
                              "systemd/system/multi-user.target.wants/wpa_supplicant@wlan0.service"))
                  .toString())
          .endsWith("/systemd/system/wpa_supplicant@.service");
      assertThat(disk.top.resolve("@/.snapshots/1/etc/passwd")).content().doesNotContain("ada");

      Tiu.Outcome update =
          TIU.run(
              "update",
              "--force",
              "--sysroot",
              disk.top,
              "--boot-dir",
              disk.boot,
              "--keyring",
              shared.resolve("keys/ca.crt.pem"),
              bundle("broken"));
      assertThat(update.code()).as("its initrd can't be made").isEqualTo(ExitCode.BOOT);
      assertThat(update.err()).contains("Snapshot 2 stays, whole and unused");
      Path updated = disk.top.resolve("@/.snapshots/2/snapshot/etc");
      assertThat(updated.resolve("initramfs-tools/hooks/broken")).as("of the image").exists();
      assertThat(updated.resolve("hostname")).hasContent("kiosk-7");
      assertThat(updated.resolve("passwd")).content().contains("ada:x:1000:1000::/home/ada:");
      assertThat(updated.resolve("fstab"))
          .content()
          .contains("UUID=" + disk.fatUuid + " /boot/efi vfat nofail,umask=0077 0 0");
      assertThat(updated.resolve("wpa_supplicant/wpa_supplicant-wlan0.conf")).exists();
    }
  }

  @Test
  void keys_without_a_user_are_roots() throws Exception {
    Path keys = Files.writeString(directory.resolve("keys"), KEY + "\n");
    install("debian", "--boot", "extlinux", "--authorized-keys", keys).orFail();
    try (Opened disk = new Opened(image)) {
      Path file = disk.top.resolve("@/root/.ssh/authorized_keys");
      assertThat(file).hasContent(KEY);
      assertThat(run("stat", "--format=%u:%g %a", file.toString())).isEqualTo("0:0 600");
    }
  }

  @Test
  void device_with_data_is_overwritten_only_by_its_name() throws Exception {
    Path file = directory.resolve("device");
    run("truncate", "--size", "4G", file.toString());
    String device = run("losetup", "--find", "--show", file.toString());
    try {
      run("mkfs.ext4", "-q", "-L", "photos", device);
      List<Object> command =
          List.of(
              "install",
              "--disk",
              device,
              "--boot",
              "extlinux",
              "--keyring",
              shared.resolve("keys/ca.crt.pem"),
              bundle("debian"));
      refused(command, ExitCode.DEVICE, "ext4 photos", "--force " + device);
      refused(with(command, "--force", "/dev/sdz"), ExitCode.DEVICE, "names /dev/sdz");
      refused(with(command, "--size", "2G"), ExitCode.USAGE, "a device is used as a whole");
      List<Object> mistyped = new ArrayList<>(command);
      mistyped.set(2, "/dev/no-such-disk");
      refused(mistyped, ExitCode.DEVICE, "/dev/no-such-disk doesn't exist");
      typed(command, "/dev/sdz", ExitCode.DEVICE);
      assertThat(run("blkid", "--probe", "--output", "value", "--match-tag", "LABEL", device))
          .as("as it was")
          .isEqualTo("photos");

      Path mounted = Files.createDirectory(directory.resolve("mounted"));
      run("mount", device, mounted.toString());
      try {
        refused(with(command, "--force", device), ExitCode.DEVICE, "is mounted on " + mounted);
      } finally {
        run("umount", mounted.toString());
      }

      typed(command, device, ExitCode.OK);
      try (Opened disk = new Opened(file)) {
        assertThat(disk.boot.resolve("extlinux/extlinux.conf")).exists();
      }
    } finally {
      Partitions.forget(Path.of(device));
      run("losetup", "--detach", device);
    }
  }

  private static List<Object> with(List<Object> command, Object... more) {
    List<Object> all = new ArrayList<>(command);
    all.addAll(List.of(more));
    return all;
  }

  private static void refused(List<Object> command, ExitCode code, String... words) {
    refused(TIU.run(command.toArray()), code, words);
  }

  /** On a terminal, which script(1) makes, somebody types that line. */
  private void typed(List<Object> command, String line, ExitCode code) throws IOException {
    String shell = String.join(" ", program(command).stream().map(a -> "'" + a + "'").toList());
    Command.Result result =
        Command.of("script", "--quiet", "--return", "--command", shell, "/dev/null")
            .input((line + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8))
            .accepting(0, code.number())
            .run();
    assertThat(result.text()).contains("Type the disk's name");
    assertThat(result.exitCode()).as(result.text()).isEqualTo(code.number());
  }

  private static List<String> program(List<Object> command) {
    List<String> argv =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.forEach(argument -> argv.add(argument.toString()));
    return argv;
  }

  @Test
  void image_that_does_not_tell_its_loader_has_to_be_told() {
    Tiu.Outcome two = install("debian");
    assertThat(two.code()).isEqualTo(ExitCode.USAGE);
    assertThat(two.err())
        .contains("more than one boot loader: systemd-boot (/usr/lib/systemd/boot/efi/")
        .contains("--boot with one of pi, systemd-boot, grub, u-boot, u-boot-bootcount, extlinux");
    Tiu.Outcome foreign = install("debian", "--boot", "pi");
    assertThat(foreign.code()).isEqualTo(ExitCode.USAGE);
    assertThat(foreign.err()).contains("no machine of the image's architecture, x86_64");
  }

  /** Each is said before anything is written, and with the way out. */
  @Test
  void what_cannot_be_is_refused() throws Exception {
    refused(install("none"), ExitCode.USAGE, "loader = \"none\"", "--sysroot");
    refused(
        install("without-mkimage", "--boot", "grub"),
        ExitCode.UNFIT,
        "GRUB's modules for BIOS, and no grub-mkimage",
        "grub-common");
    refused(
        install("kernels-on-btrfs"),
        ExitCode.UNFIT,
        "kernels = \"btrfs\", and systemd-boot doesn't read that",
        "take that line out");
    refused(
        install("without-place"),
        ExitCode.UNFIT,
        "no directory /efi or /boot/efi or /boot,",
        "(mkdir -p /efi)");
    refused(install("small", "--hostname", "a_b"), ExitCode.USAGE, "'a_b' is no name for a host");
    refused(install("small", "--boot", "lilo"), ExitCode.USAGE, "there are pi, systemd-boot, grub");
    refused(install("small", "--wifi", "x"), ExitCode.USAGE, "--wifi-passphrase-file FILE go");
    Path passphrase = Files.writeString(shared.resolve("passphrase"), "correct horse\n");
    refused(
        install("small", "--wifi", "x", "--wifi-passphrase-file", passphrase),
        ExitCode.UNFIT,
        "neither NetworkManager nor wpa_supplicant");
    refused(install("small", "--authorized-keys", passphrase), ExitCode.USAGE, "is no public key");
    refused(install("small", bundle("debian")), ExitCode.USAGE, "which image to install, once");
    refused(install("small", "--sysroot", directory), ExitCode.USAGE, "in one of two ways");
    refused(
        TIU.run("install", "--sysroot", directory, "--user", "ada", bundle("small")),
        ExitCode.USAGE,
        "go with --disk");
    assertThat(files()).isEmpty();
  }

  private static void refused(Tiu.Outcome outcome, ExitCode code, String... words) {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
    assertThat(outcome.err()).contains(words);
  }

  @Test
  void image_without_a_kernel_makes_no_disk() throws Exception {
    Tiu.Outcome outcome = install("small");
    assertThat(outcome.code()).isNotEqualTo(ExitCode.OK);
    assertThat(outcome.err())
        .contains("no kernel with its modules", "boot loader, systemd-boot", "with a kernel");
    assertThat(files()).isEmpty();
  }

  @Test
  void generator_that_fails_makes_no_disk() throws Exception {
    Tiu.Outcome outcome = install("broken", "--boot", "systemd-boot");
    assertThat(outcome.code()).isNotEqualTo(ExitCode.OK);
    assertThat(outcome.err())
        .contains("initramfs-tools failed", "hooks/broken failed with return 3");
    assertThat(files()).isEmpty();
  }

  @Test
  void damaged_bundle_makes_no_disk() throws Exception {
    Path damaged = bundle("damaged");
    Files.copy(bundle("debian"), damaged);
    try (var channel = Files.newByteChannel(damaged, StandardOpenOption.WRITE)) {
      channel.position(20 << 20);
      channel.write(java.nio.ByteBuffer.wrap(new byte[8192]));
    }
    Tiu.Outcome outcome = install("damaged", "--boot", "grub");
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.DAMAGED);
    assertThat(files()).isEmpty();
    Files.delete(damaged);
  }

  @Test
  void size_that_is_too_small_is_refused_with_the_one_it_takes() throws Exception {
    Tiu.Outcome outcome = install("debian", "--boot", "grub", "--size", "800M");
    assertThat(outcome.code()).isEqualTo(ExitCode.NO_SPACE);
    assertThat(outcome.err()).startsWith("tiu: the disk has 800 MiB and needs ");
    assertThat(files()).isEmpty();
  }

  @Test
  void full_file_system_keeps_no_part_of_an_image() throws Exception {
    try (BtrfsDisk full = BtrfsDisk.create(256 << 20)) {
      Tiu.Outcome outcome =
          TIU.run(
              "install",
              "--disk",
              full.mountPoint().resolve("card.img"),
              "--boot",
              "grub",
              "--keyring",
              shared.resolve("keys/ca.crt.pem"),
              bundle("debian"));
      assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.NO_SPACE);
      assertThat(full.mountPoint().toFile().list()).isEmpty();
    }
  }

  @Test
  void killed_anywhere_it_leaves_no_disk_and_the_next_one_is_whole() throws Exception {
    int kills = 0;
    List<Object> command =
        List.of(
            "install",
            "--disk",
            image,
            "--boot",
            "u-boot",
            "--keyring",
            shared.resolve("keys/ca.crt.pem"),
            bundle("debian"));
    for (String moment :
        List.of(
            "ioctl:5",
            "fsmount:1",
            "pwrite64:3000",
            "syncfs:1",
            "syncfs:2",
            "fsync:8",
            "fsync:30")) {
      String call = moment.substring(0, moment.indexOf(':'));
      int count = Integer.parseInt(moment.substring(moment.indexOf(':') + 1));
      List<String> argv = new ArrayList<>(Strace.killing(call, count));
      argv.addAll(program(command));
      int code = Command.of(argv).accepting(0, KILLED, ExitCode.IO.number()).run().exitCode();
      if (code == ExitCode.IO.number()) {
        // It was a tool that was killed.
        assertThat(files()).as(moment).isEmpty();
        awaitNoLoopDevice(moment);
        kills++;
      } else if (code == KILLED) {
        kills++;
        assertThat(files()).as(moment).isSubsetOf(".card.img.tiu-part");
        awaitNoLoopDevice(moment);
        Files.deleteIfExists(directory.resolve(".card.img.tiu-part"));
      } else {
        assertThat(files()).as(moment).containsExactly("card.bmap", "card.img");
        Files.delete(image);
        Files.delete(directory.resolve("card.bmap"));
      }
    }
    assertThat(kills).as("moments at which it was killed").isGreaterThan(4);
    Files.writeString(directory.resolve(".card.img.tiu-part"), "of a killed one");
    TIU.run(command.toArray()).orFail();
    assertThat(files()).containsExactly("card.bmap", "card.img");
    new Opened(image).close();
  }

  /** The kernel lets go of the file systems after the process has gone. */
  private void awaitNoLoopDevice(String moment) throws Exception {
    for (int i = 0; i < 100; i++) {
      if (!run("losetup", "--list", "--noheadings", "--output", "BACK-FILE")
          .contains(directory.toString())) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError(moment + ": a loop device is left");
  }
}

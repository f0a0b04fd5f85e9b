package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A system that was on btrfs before tiu becomes snapshot 1, and is updated to an image. */
class AdoptIT {
  private static final Tiu TIU = Tiu.now();

  @TempDir private static Path directory;
  private static ForeignSamples samples;

  private BtrfsDisk disk;

  @BeforeAll
  static void makeSamples() throws IOException {
    samples = ForeignSamples.make(directory, TIU);
  }

  @BeforeEach
  void install() throws IOException {
    disk = BtrfsDisk.create(512 << 20);
    samples.installAt(old());
  }

  @AfterEach
  void close() throws IOException {
    disk.close();
  }

  private Path top() {
    return disk.mountPoint();
  }

  private Path old() {
    return top().resolve("@rootfs");
  }

  private Path place(int number) {
    return top().resolve("@/.snapshots/" + number);
  }

  private Path etc(int number) {
    return place(number).resolve("snapshot/etc");
  }

  private Tiu.Outcome adopt(Object... more) {
    List<Object> all = new ArrayList<>(List.of("adopt", "--sysroot", top(), "--root", "@rootfs"));
    all.addAll(List.of(more));
    return TIU.run(all.toArray());
  }

  private Tiu.Outcome adoptNamed(Object... more) {
    List<Object> all = new ArrayList<>(List.of("--device", "sample"));
    all.addAll(List.of(more));
    return adopt(all.toArray());
  }

  private Tiu.Outcome run(String command, Object... more) {
    List<Object> all = new ArrayList<>(List.of(command, "--sysroot", top()));
    all.addAll(List.of(more));
    return TIU.run(all.toArray());
  }

  private Tiu.Outcome update() {
    return run("update", "--keyring", samples.keyring(), samples.image());
  }

  private void shell(String text) throws IOException {
    Command.of("bash", "-euc", "cd \"$0\"; " + text, top().toString()).run();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  /** That nothing was left, and nothing of the system was touched. */
  private void assertAsBefore() throws IOException {
    assertThat(top().resolve("@.tiu-unfinished")).doesNotExist();
    assertThat(TreeComparison.differences(samples.system(), old())).isEmpty();
  }

  @Test
  void system_becomes_snapshot_1_and_stays_beside_it() throws IOException {
    Tiu.Outcome adopted = adoptNamed().orFail();
    assertThat(adopted.out())
        .contains("3 configuration files of /etc are as their packages shipped them")
        .contains("Snapshot 1, Sample, adopted, is the default");
    assertThat(adopted.err())
        .contains("No boot loader that tiu writes for was found (--boot-dir names its partition)")
        .contains("The old root stays as it is, subvolume @rootfs");
    assertAsBefore();

    Path root = place(1).resolve("snapshot");
    String[] shared = {"/etc", "/var/*", "/home/*", "/root/*", "/srv/*", "/opt/*", "/usr/local/*"};
    List<String> apart = new ArrayList<>(List.of(shared));
    apart.add("/tmp/*");
    assertThat(TreeComparison.differences(samples.system(), root, apart.toArray(String[]::new)))
        .as("all but what is shared, and the times of the directories that it went from")
        .allMatch(line -> line.startsWith(".d..t"));
    assertThat(root.resolve("home")).isEmptyDirectory();
    assertThat(root.resolve("tmp")).isEmptyDirectory();
    for (String name : List.of("var", "home", "root", "srv", "opt")) {
      assertThat(
              TreeComparison.differences(
                  samples.system().resolve(name), top().resolve("@/" + name)))
          .as(name)
          .isEmpty();
    }
    assertThat(
            TreeComparison.differences(
                samples.system().resolve("usr/local"), top().resolve("@/usr-local")))
        .isEmpty();
    shell("test \"$(btrfs property get -ts @/.snapshots/1/snapshot ro)\" = ro=true");
    shell("test \"$(btrfs property get -ts @/.snapshots/1/snapshot/etc ro)\" = ro=false");
    assertThat(run("list").orFail().out()).contains("1  good   adopted").contains("default");
    assertThat(run("status").orFail().out())
        .contains("a sample")
        .contains("Default    snapshot 1, adopted, good");
  }

  @Test
  void etc_of_the_snapshot_mounts_what_is_shared_and_keeps_the_other_lines() throws IOException {
    adoptNamed().orFail();
    String id = Command.of("findmnt", "-no", "UUID", top().toString()).run().text().strip();
    assertThat(etc(1).resolve("fstab"))
        .hasContent(
            """
            UUID=%1$s / btrfs compress=zstd 0 0
            UUID=AAAA-BBBB /boot/efi vfat umask=0077 0 1
            UUID=%1$s /home btrfs subvol=@/home 0 0
            UUID=%1$s /opt btrfs subvol=@/opt 0 0
            UUID=%1$s /root btrfs subvol=@/root 0 0
            UUID=%1$s /srv btrfs subvol=@/srv 0 0
            UUID=%1$s /usr/local btrfs subvol=@/usr-local 0 0
            UUID=%1$s /var btrfs subvol=@/var 0 0
            tmpfs /tmp tmpfs mode=1777,nosuid,nodev 0 0
            """
                .formatted(id));
    assertThat(etc(1).resolve("tiu/tiu.toml")).content().contains("compatible = \"sample\"");
    assertThat(etc(1).resolve("local.conf")).hasContent("local");
    assertThat(mode(etc(1).resolve("conf.d/mode"))).isEqualTo("rw-------");

    Path shipped = place(1).resolve("etc");
    assertThat(shipped.resolve("motd")).hasContent("one");
    assertThat(shipped.resolve("conf.d/mode")).hasContent("shipped");
    assertThat(mode(shipped.resolve("conf.d/mode"))).isEqualTo("rw-r--r--");
    assertThat(shipped.resolve("conf.d/a.conf")).as("changed: unknown").doesNotExist();
    assertThat(shipped.resolve("local.conf")).doesNotExist();
    assertThat(shipped.resolve("passwd")).doesNotExist();
    Tiu.Outcome status = TIU.run("etc", "status", "--sysroot", top()).orFail();
    assertThat(status.out()).contains("added     /etc/local.conf").doesNotContain("/etc/motd");
    assertThat(status.err()).contains("Snapshot 1 was adopted");
  }

  @Test
  void update_follows_in_etc_where_nobody_changed_anything_and_loses_nothing_elsewhere()
      throws IOException {
    adoptNamed().orFail();
    Tiu.Outcome updated = update().orFail();
    assertThat(updated.err())
        .contains("Snapshot 1 was adopted, so that nothing describes its files")
        .doesNotContain("damaged");
    assertThat(updated.out()).contains("Snapshot 2, version 1, is the default");

    assertThat(etc(2).resolve("motd")).hasContent("two");
    assertThat(etc(2).resolve("issue")).as("dropped, as nobody changed it").doesNotExist();
    assertThat(etc(2).resolve("conf.d/a.conf")).hasContent("changed here");
    assertThat(etc(2).resolve("conf.d/a.conf.tiu-new")).hasContent("of the image");
    assertThat(etc(2).resolve("conf.d/mode")).hasContent("new");
    assertThat(mode(etc(2).resolve("conf.d/mode"))).as("changed here").isEqualTo("rw-------");
    assertThat(etc(2).resolve("local.conf")).hasContent("local");
    assertThat(etc(2).resolve("fstab"))
        .content()
        .contains("/boot/efi vfat umask=0077", "/var btrfs subvol=@/var", "tmpfs /tmp");
    assertThat(run("status").orFail().out())
        .contains("Conflict   /etc/conf.d/a.conf")
        .contains("Way back   snapshot 1, adopted, good");

    assertThat(etc(2).resolve("passwd"))
        .as("accounts of the device with their numbers, the image's with another")
        .hasContent(
            """
            root:x:0:0::/root:/bin/sh
            newsvc:x:999:999::/:/bin/false
            user:x:1000:1000::/home/user:/bin/sh
            svc:x:998:998::/:/bin/false
            """);
    assertThat(Files.getAttribute(place(2).resolve("snapshot/usr/lib/image"), "unix:uid"))
        .isEqualTo(999);
    assertThat(
            TreeComparison.differences(samples.system().resolve("home"), top().resolve("@/home")))
        .isEmpty();
  }

  @Test
  void rollback_goes_to_the_adopted_system_with_the_etc_that_it_had() throws IOException {
    adoptNamed().orFail();
    update().orFail();
    Tiu.Outcome refused = run("rollback", "1", "--keep-etc");
    assertThat(refused.code()).isEqualTo(ExitCode.DEVICE);
    assertThat(refused.err()).contains("snapshot 1 was adopted", "without --keep-etc");
    assertThat(run("rollback").orFail().out()).contains("Snapshot 1, adopted, is the default");
    assertThat(etc(1).resolve("motd")).hasContent("one");
    assertThat(run("update", "--keyring", samples.keyring(), samples.image()).orFail().out())
        .contains("already there as snapshot 2");
    run("rollback", "2").orFail();
    run("gc", "--keep", "1").orFail();
    assertThat(run("list").orFail().out()).as("the way back stays").contains("adopted");
  }

  @Test
  void subvolumes_that_are_mounted_or_nested_come_along() throws IOException {
    shell(
        """
        btrfs -q subvolume create @homes; mv @rootfs/home/user @homes/
        echo "LABEL=disk /home btrfs noatime,subvol=@homes 0 0" >> @rootfs/etc/fstab
        btrfs -q subvolume create @rootfs/var/lib/machines
        echo guest > @rootfs/var/lib/machines/disk
        rmdir @rootfs/opt; btrfs -q subvolume create @rootfs/opt; echo app > @rootfs/opt/app
        btrfs -q subvolume create @rootfs/.snapshots
        btrfs -q subvolume snapshot -r @rootfs @rootfs/.snapshots/1 >/dev/null
        """);
    adoptNamed().orFail();
    assertThat(top().resolve("@/home/user/file")).hasContent("mine");
    assertThat(etc(1).resolve("fstab")).content().contains(" /home btrfs noatime,subvol=@/home ");
    assertThat(top().resolve("@/var/lib/machines/disk")).hasContent("guest");
    shell("btrfs -q subvolume show @/var/lib/machines >/dev/null");
    assertThat(top().resolve("@/opt/app")).hasContent("app");
    assertThat(place(1).resolve("snapshot/opt")).isEmptyDirectory();
    assertThat(place(1).resolve("snapshot/.snapshots")).isEmptyDirectory();
    assertThat(top().resolve("@homes/user/file")).as("the old one").hasContent("mine");
    update().orFail();
    assertThat(top().resolve("@/home/user/file")).hasContent("mine");
  }

  @Test
  void top_level_itself_can_be_the_root() throws IOException {
    shell("mv @rootfs/* . && btrfs -q subvolume delete @rootfs; btrfs -q subvolume create @swap");
    Object[] command = {"adopt", "--sysroot", top(), "--root", "/", "--device", "sample"};
    assertThat(TIU.run(command).orFail().err())
        .contains("the directories at the top level beside @");
    assertThat(top().resolve("etc/motd")).as("the old root").hasContent("one");
    assertThat(place(1).resolve("snapshot/usr/lib/os-release")).exists();
    try (var names = Files.list(place(1).resolve("snapshot"))) {
      assertThat(names.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("@") || name.equals(".tiu.lock"));
    }
    assertThat(update().orFail().out()).contains("Snapshot 2, version 1, is the default");
  }

  @Test
  void finish_takes_what_was_written_since() throws IOException {
    adoptNamed().orFail();
    TIU.run("kargs", "--sysroot", top(), "--append", "quiet").orFail();
    Files.writeString(old().resolve("var/lib/app/data"), "later");
    Files.delete(old().resolve("home/user/link"));
    Files.writeString(old().resolve("etc/local.conf"), "later");
    Files.writeString(old().resolve("usr/lib/upgraded"), "later");
    Tiu.Outcome finished = adopt("--finish").orFail();
    assertThat(finished.out()).contains("Snapshot 2, Sample, adopted, is the default");
    assertThat(top().resolve("@/var/lib/app/data")).hasContent("later");
    assertThat(top().resolve("@/home/user/link")).doesNotExist();
    assertThat(etc(2).resolve("local.conf")).hasContent("later");
    assertThat(place(2).resolve("snapshot/usr/lib/upgraded")).hasContent("later");
    assertThat(etc(2).resolve("tiu/tiu.toml")).content().contains("sample");
    assertThat(etc(2).resolve("tiu/cmdline.d/90-kargs.conf")).content().contains("quiet");
    assertThat(place(1)).as("what nobody ever used").doesNotExist();
    assertThat(adopt("--finish").orFail().out()).as("again").contains("Snapshot 3, ");
    assertThat(adoptNamed().orFail().out()).contains("Already adopted: snapshot 3, the default");
  }

  @Test
  void finish_is_refused_when_the_new_system_has_run_or_was_updated() throws IOException {
    adoptNamed().orFail();
    Files.writeString(top().resolve("@/home/user/new"), "written by the new system");
    Tiu.Outcome written = adopt("--finish");
    assertThat(written.code()).isEqualTo(ExitCode.DEVICE);
    assertThat(written.err()).contains("/home was written to since it was made");
    assertThat(top().resolve("@/home/user/new")).exists();
    update().orFail();
    assertThat(adopt("--finish").err()).contains("already is in tiu's layout");
    assertThat(adoptNamed().err()).contains("already is in tiu's layout", "`tiu update`");
  }

  private void assertRefused(ExitCode code, Tiu.Outcome outcome, String... words)
      throws IOException {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
    assertThat(outcome.err()).contains(words);
    assertThat(top().resolve("@/.snapshots/1")).doesNotExist();
    assertThat(top().resolve("@.tiu-unfinished")).doesNotExist();
  }

  @Test
  void what_can_not_be_adopted_is_refused_before_anything_is_written() throws IOException {
    assertRefused(ExitCode.USAGE, adopt(), "say what this device is, --device NAME");
    assertRefused(ExitCode.USAGE, run("adopt"), "--sysroot MNT and --root SUBVOL go together");
    assertRefused(ExitCode.DEVICE, adopt("--finish"), "`tiu adopt` comes first");
    Object[] missing = {"adopt", "--sysroot", top(), "--root", "@other", "--device", "sample"};
    assertRefused(ExitCode.DEVICE, TIU.run(missing), "has no subvolume @other");
    Object[] plain = {"adopt", "--sysroot", top(), "--root", "@rootfs/usr", "--device", "sample"};
    assertRefused(ExitCode.DEVICE, TIU.run(plain), "@rootfs/usr is a plain directory");
    Path other = Files.createDirectories(directory.resolve("other"));
    Command.of("mount", "-t", "tmpfs", "tmpfs", other.toString()).run();
    try {
      Object[] elsewhere = {"adopt", "--sysroot", other, "--root", "/", "--device", "sample"};
      assertRefused(
          ExitCode.DEVICE, TIU.run(elsewhere), "only a system on btrfs", "tiu install --disk");
    } finally {
      Command.of("umount", other.toString()).run();
    }
    assertAsBefore();
  }

  @Test
  void parts_that_no_snapshot_could_have_are_refused_by_name() throws IOException {
    Path fstab = old().resolve("etc/fstab");
    String lines = Files.readString(fstab);
    Files.writeString(fstab, lines + "/dev/sdb1 /home ext4 defaults 0 2\n");
    assertRefused(ExitCode.DEVICE, adoptNamed(), "/home is mounted from /dev/sdb1");
    Files.writeString(fstab, lines + "/swap/file none swap sw 0 0\n");
    Files.createDirectories(old().resolve("swap"));
    Files.writeString(old().resolve("swap/file"), "");
    assertRefused(
        ExitCode.DEVICE, adoptNamed(), "/swap/file is a swap file", "`swapoff /swap/file`");
    Files.writeString(fstab, lines);
    try (RandomAccessFile swap = new RandomAccessFile(old().resolve("var/swap").toFile(), "rw")) {
      swap.setLength(1 << 20);
      Command.of("mkswap", old().resolve("var/swap").toString()).run();
    }
    assertRefused(ExitCode.DEVICE, adoptNamed(), "/var/swap is a swap file", "dphys-swapfile");
    Files.delete(old().resolve("var/swap"));
    shell("chattr +i @rootfs/etc/local.conf");
    try {
      assertRefused(ExitCode.DEVICE, adoptNamed(), "/etc/local.conf is immutable");
    } finally {
      shell("chattr -i @rootfs/etc/local.conf");
    }
    shell("btrfs -q subvolume create @rootfs/usr/share");
    assertRefused(ExitCode.DEVICE, adoptNamed(), "/usr/share is a subvolume of its own");
    shell("btrfs -q subvolume delete @rootfs/usr/share; rmdir @rootfs/srv; ln -s home @rootfs/srv");
    assertRefused(ExitCode.DEVICE, adoptNamed(), "/srv is no directory");
  }

  @Test
  void name_that_the_layout_needs_may_be_another_s() throws IOException {
    shell("btrfs -q subvolume snapshot @rootfs @ >/dev/null");
    assertRefused(
        ExitCode.DEVICE,
        adoptNamed(),
        "the name @ at the top level",
        "rename that and adopt again");
    Object[] itself = {"adopt", "--sysroot", top(), "--root", "@", "--device", "sample"};
    assertRefused(
        ExitCode.DEVICE,
        TIU.run(itself),
        "by the system itself",
        "subvol=@rootfs",
        "tiu install --disk");
    shell("btrfs -q subvolume create @/.snapshots");
    assertRefused(ExitCode.DEVICE, TIU.run(itself), "taken by the system itself");
    assertThat(top().resolve("@/etc/motd")).as("untouched").hasContent("one");
  }

  @Test
  void disk_without_room_is_refused() throws IOException {
    Path filler = top().resolve("filler");
    shell("head -c 460M /dev/zero > filler || true; sync -f filler");
    assertRefused(ExitCode.NO_SPACE, adoptNamed(), "are needed", "make room by removing files");
    Files.delete(filler);
    assertAsBefore();
  }

  @Test
  void system_without_dpkg_is_adopted_with_nothing_known_of_its_etc() throws IOException {
    shell("rm -r @rootfs/var/lib/dpkg");
    assertThat(adoptNamed().orFail().err()).contains("no /var/lib/dpkg/status");
    assertThat(place(1).resolve("etc")).isEmptyDirectory();
    update().orFail();
    assertThat(etc(2).resolve("motd")).hasContent("one");
    assertThat(etc(2).resolve("motd.tiu-new")).hasContent("two");
  }

  /** Kernel and loader: as BootIT has them. */
  private Path withKernel(Path root) throws IOException {
    Path modules = Files.createDirectories(root.resolve("usr/lib/modules/6.1.0-1"));
    Files.writeString(modules.resolve("vmlinuz"), "kernel");
    Files.writeString(modules.resolve("modules.dep"), "");
    Files.writeString(modules.resolve("modules.builtin"), "kernel/fs/btrfs/btrfs.ko\n");
    Path boot = Files.createDirectories(directory.resolve("boot"));
    Files.createDirectories(root.resolve("etc/tiu"));
    return boot;
  }

  @Test
  void running_system_is_adopted_with_its_boot_loader_and_arguments() throws IOException {
    Path boot = withKernel(old());
    Command.of("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", boot.toString()).run();
    try {
      Files.writeString(
          old().resolve("etc/tiu/tiu.toml"),
          """
          compatible = "sample"
          [boot]
          initrd = "none"
          loader = "grub"
          directory = "/mnt%s"
          """
              .formatted(boot));
      RunningSystem machine = new RunningSystem(directory, disk);
      Command.Result adopted = machine.startIn("@rootfs", "adopt").run();
      assertThat(adopted.text()).contains("Snapshot 1, Sample, adopted, is the default; it boots");
      assertThat(adopted.errorTail()).contains("`tiu adopt --finish` right before the reboot");
      String entry = Files.readString(boot.resolve("tiu/grub/1.cfg"));
      assertThat(entry).contains("rootflags=subvol=@/.snapshots/1/snapshot");
      JsonNode arguments = run("kargs", "--json").orFail().json().path("arguments");
      String started = Files.readString(Path.of("/proc/cmdline")).strip();
      for (String word : started.split(" ", -1)) {
        if (word.equals("quiet") || word.startsWith("console=")) {
          assertThat(arguments.findValuesAsText("argument")).contains(word);
        }
      }
      Object[] status = {"status", "--sysroot", top(), "--boot-dir", boot, "--json"};
      assertThat(TIU.run(status).orFail().json().path("boot").path("isDefault").asInt())
          .isEqualTo(1);

      Files.writeString(old().resolve("var/lib/app/data"), "later");
      machine.startIn("@rootfs", "adopt", "--finish").run();
      JsonNode now = TIU.run(status).orFail().json();
      assertThat(now.path("boot").path("isDefault").asInt()).isEqualTo(2);
      assertThat(now.path("boot").path("published")).hasSize(1);
      assertThat(top().resolve("@/var/lib/app/data")).hasContent("later");
      assertThat(machine.start(2, "adopt", "--device", "sample").accepting(8).run().errorTail())
          .contains("already is in tiu's layout");
      assertThat(machine.start(2, "booted").run().text()).contains("has booted");
    } finally {
      Command.of("umount", boot.toString()).run();
    }
  }

  @Test
  void raspberry_pi_keeps_the_arguments_that_its_firmware_was_told() throws IOException {
    Path boot = withKernel(old());
    Command.of("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", boot.toString()).run();
    try {
      Files.writeString(
          boot.resolve("cmdline.txt"),
          "console=tty1 root=PARTUUID=1-02 rootfstype=btrfs rootflags=subvol=@rootfs rootwait ro\n");
      Files.writeString(boot.resolve("config.txt"), "kernel=mine.img\n");
      Files.writeString(old().resolve("etc/tiu/tiu.toml"), "[boot]\ninitrd = \"none\"\n");
      Tiu.Outcome refused = adoptNamed("--boot-dir", boot);
      assertThat(refused.code()).as(refused.err()).isEqualTo(ExitCode.BOOT);
      assertThat(etc(1).resolve("tiu/cmdline.d/10-adopted.conf"))
          .hasContent(
              """
              # What the kernel was started with when this system was adopted.
              console=tty1
              rootwait
              """);
      assertThat(Files.readString(boot.resolve("config.txt"))).isEqualTo("kernel=mine.img\n");
      shell("test \"$(btrfs subvolume get-default .)\" = 'ID 5 (FS_TREE)'");
    } finally {
      Command.of("umount", boot.toString()).run();
    }
  }

  @Test
  void name_that_the_system_has_already_stays() throws IOException {
    Path toml = Files.createDirectories(old().resolve("etc/tiu")).resolve("tiu.toml");
    Files.writeString(toml, "compatible = \"other\"\n");
    assertRefused(ExitCode.USAGE, adoptNamed(), "says that the device is other");
    adopt().orFail();
    assertThat(etc(1).resolve("tiu/tiu.toml")).hasContent("compatible = \"other\"\n");
  }
}

package dev.tiu.boot.initrd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.boot.BootException;
import dev.tiu.boot.initrd.InitrdGenerator.Coverage;
import dev.tiu.boot.kernel.Kernel;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.testing.SmallRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Generators that do what a real one does on a bad day: scripts in a small root. */
@Timeout(60)
final class GeneratorRunIT {
  private static final String VERSION = "6.1.0-9-test";
  private static final Kernel KERNEL =
      new Kernel(
          VERSION,
          BytePath.of("boot/vmlinuz-" + VERSION),
          BytePath.of("usr/lib/modules/" + VERSION),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  private SmallRoot root;
  private Dir kept;

  @BeforeEach
  void makeRoot() throws IOException {
    root = SmallRoot.create("cp", "sleep", "true");
    root.write("usr/lib/modules/" + VERSION + "/modules.dep", "kernel/fs/btrfs/btrfs.ko:\n");
    BytePath tiu = BytePath.of("tiu");
    root.top().makeDir(tiu, 0700);
    kept = root.top().openDir(tiu);
  }

  @AfterEach
  void closeRoot() throws IOException {
    kept.close();
    root.close();
  }

  private void generator(String program, String script) throws IOException {
    Path file = root.write("usr/bin/" + program, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** An initrd with an init and that module, by cpio and gzip. */
  private void prepare(String module) throws IOException {
    Path tree = Files.createTempDirectory(root.disk().mountPoint(), "initrd");
    Path file = tree.resolve("usr/lib/modules").resolve(module);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
    Files.writeString(file.resolveSibling("modules.dep"), "");
    Files.writeString(
        tree.resolve("usr/lib/modules/" + module.split("/", -1)[0] + "/modules.dep"), "");
    Files.writeString(tree.resolve("init"), "");
    String script = "find . | cpio --quiet -o -H newc | gzip > \"$1\"";
    Command.of("sh", "-c", script, "sh", root.path("prepared").toString()).directory(tree).run();
  }

  private InitrdMaker maker(Duration limit) {
    return new InitrdMaker(
        root.dir(),
        kept,
        new InitrdSettings(
            Optional.empty(),
            Coverage.ANY_HOST,
            limit,
            Instant.EPOCH,
            InitrdSettings.Trials.COUNTED_ELSEWHERE,
            List.of()));
  }

  private Optional<Initrd> make() throws IOException {
    root.seal();
    return maker(Duration.ofSeconds(30)).make(KERNEL, InitrdPolicy.REGENERATE);
  }

  private String log() throws IOException {
    return Files.readString(root.disk().mountPoint().resolve("tiu/initrd-" + VERSION + ".log"));
  }

  private void assertOnlyTheLogIsKept() throws IOException {
    assertThat(kept.list())
        .extracting(DirEntry::name)
        .containsExactly(BytePath.of("initrd-" + VERSION + ".log"));
  }

  @Test
  void good_one_is_kept_with_what_was_said() throws Exception {
    prepare(VERSION + "/kernel/fs/btrfs/btrfs.ko");
    generator("mkinitcpio", "echo \"made at $SOURCE_DATE_EPOCH in $TMPDIR\"; cp /prepared \"$4\"");
    assertThat(make().orElseThrow().path()).hasToString("initrd-" + VERSION);
    assertThat(log())
        .isEqualTo(
            """
            $ mkinitcpio -k 6.1.0-9-test -g /var/tmp/initrd -t /var/tmp -n -S autodetect
            made at 0 in /var/tmp
            (exit code 0)
            """);
  }

  @Test
  void hanging_generator_is_ended() throws Exception {
    generator("dracut", "trap '' TERM; echo waiting; sleep 1000 & wait");
    root.seal();
    assertThatThrownBy(() -> maker(Duration.ofSeconds(1)).make(KERNEL, InitrdPolicy.REGENERATE))
        .isInstanceOf(BootException.class)
        .hasMessageStartingWith(
            "dracut hadn't ended after 1 seconds for kernel 6.1.0-9-test, and was ended: waiting. ");
    assertThat(log()).endsWith("waiting\n(ended after 1 seconds)\n");
    assertOnlyTheLogIsKept();
  }

  @Test
  void generator_that_makes_nothing_is_no_success() throws Exception {
    generator("mkinitramfs", "echo fine");
    assertThatThrownBy(this::make)
        .hasMessageStartingWith("initramfs-tools ended well and made no initrd for kernel ");
    assertOnlyTheLogIsKept();
  }

  @Test
  void initrd_of_another_kernel_is_refused() throws Exception {
    prepare("6.1.0-8-test/kernel/fs/btrfs/btrfs.ko");
    generator("mkinitramfs", "cp /prepared \"$2\"");
    assertThatThrownBy(this::make)
        .isInstanceOf(BootException.class)
        .hasMessageStartingWith(
            "The initrd that initramfs-tools made has modules of kernel 6.1.0-8-test, but is for"
                + " kernel 6.1.0-9-test. The snapshot wouldn't find its root, so it isn't made to"
                + " boot; what boots now stays. ");
    assertOnlyTheLogIsKept();
  }

  @Test
  void cut_off_initrd_is_refused() throws Exception {
    prepare(VERSION + "/kernel/fs/btrfs/btrfs.ko");
    Path prepared = root.path("prepared");
    byte[] whole = Files.readAllBytes(prepared);
    Files.write(prepared, Arrays.copyOf(whole, whole.length / 2));
    generator("mkinitramfs", "cp /prepared \"$2\"");
    assertThatThrownBy(this::make)
        .hasMessageStartingWith("The initrd that initramfs-tools made is damaged at byte ");
  }

  @Test
  void snapshot_without_a_generator_says_so() {
    assertThatThrownBy(this::make)
        .hasMessageStartingWith(
            "The snapshot has no program that makes initrds (initramfs-tools, mkinitcpio, dracut)."
                + " ");
  }

  @Test
  void initrd_of_the_image_is_taken_where_the_policy_says_so() throws Exception {
    assertThatThrownBy(() -> maker(Duration.ofSeconds(9)).make(KERNEL, InitrdPolicy.IMAGE))
        .hasMessageStartingWith("The image has no initrd for kernel 6.1.0-9-test, ");
    prepare(VERSION + "/kernel/fs/btrfs/btrfs.ko");
    Files.createDirectories(root.path("boot"));
    Files.move(root.path("prepared"), root.path("boot/initrd.img-" + VERSION));
    root.seal();
    Initrd taken = maker(Duration.ofSeconds(9)).make(KERNEL, InitrdPolicy.IMAGE).orElseThrow();
    assertThat(kept.readAll(taken.path(), 1 << 20))
        .isEqualTo(Files.readAllBytes(root.path("boot/initrd.img-" + VERSION)));
  }

  @Test
  void what_a_killed_run_left_is_taken_away() throws Exception {
    Btrfs.createSubvolume(kept, BytePath.of(".initrd-scratch"));
    generator("mkinitramfs", "exit 3");
    assertThatThrownBy(this::make)
        .hasMessageStartingWith("initramfs-tools failed with exit code 3 for kernel ");
    assertOnlyTheLogIsKept();
  }
}

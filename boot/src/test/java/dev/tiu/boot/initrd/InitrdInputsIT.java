package dev.tiu.boot.initrd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files of /etc an initrd is made from: plain directories, no generator is run. */
final class InitrdInputsIT {
  @TempDir private Path directory;
  private Dir root;
  private Dir kept;

  @BeforeEach
  void makeRoot() throws IOException {
    Files.createDirectories(directory.resolve("root/etc"));
    Files.createDirectories(directory.resolve("tiu"));
    root = Dir.open(directory.resolve("root"));
    kept = Dir.open(directory.resolve("tiu"));
  }

  @AfterEach
  void close() {
    kept.close();
    root.close();
  }

  private Path etc(String path) {
    return directory.resolve("root/etc").resolve(path);
  }

  private void write(String path, String text) throws IOException {
    Files.createDirectories(etc(path).getParent());
    Files.writeString(etc(path), text);
  }

  private InitrdInputs now(InitrdGenerator generator) throws IOException {
    InitrdSettings usual = InitrdSettings.of(Instant.EPOCH);
    return InitrdInputs.of(
            root,
            new InitrdSettings(
                Optional.of(generator),
                usual.coverage(),
                usual.timeLimit(),
                usual.time(),
                usual.trials(),
                List.of()))
        .orElseThrow();
  }

  private List<String> changed(InitrdGenerator generator) throws IOException {
    return now(generator).changedSince(InitrdInputs.ofMade(kept));
  }

  @Test
  void what_was_added_changed_or_removed_is_named_and_else_nothing() throws Exception {
    write("crypttab", "one");
    write("modprobe.d/a.conf", "one");
    now(InitrdGenerator.INITRAMFS_TOOLS).write(kept);
    assertThat(changed(InitrdGenerator.INITRAMFS_TOOLS)).isEmpty();
    write("crypttab", "two");
    Files.delete(etc("modprobe.d/a.conf"));
    write("initramfs-tools/hooks/mine", "new");
    write("motd", "hello");
    assertThat(changed(InitrdGenerator.INITRAMFS_TOOLS))
        .containsExactly(
            "/etc/crypttab", "/etc/initramfs-tools/hooks/mine", "/etc/modprobe.d/a.conf");
  }

  @Test
  void mode_and_target_of_a_link_count() throws Exception {
    write("initramfs-tools/hooks/mine", "#!/bin/sh");
    Files.createSymbolicLink(etc("vconsole.conf"), Path.of("a"));
    now(InitrdGenerator.INITRAMFS_TOOLS).write(kept);
    Files.setPosixFilePermissions(
        etc("initramfs-tools/hooks/mine"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.delete(etc("vconsole.conf"));
    Files.createSymbolicLink(etc("vconsole.conf"), Path.of("b"));
    assertThat(changed(InitrdGenerator.INITRAMFS_TOOLS))
        .containsExactly("/etc/initramfs-tools/hooks/mine", "/etc/vconsole.conf");
  }

  @Test
  void each_generator_has_its_own_configuration() throws Exception {
    now(InitrdGenerator.DRACUT).write(kept);
    write("mkinitcpio.conf", "HOOKS=(base)");
    write("initramfs-tools/modules", "btrfs");
    assertThat(changed(InitrdGenerator.DRACUT)).isEmpty();
    write("dracut.conf.d/a.conf", "");
    assertThat(changed(InitrdGenerator.DRACUT)).containsExactly("/etc/dracut.conf.d/a.conf");
  }

  @Test
  void path_that_a_configuration_names_counts_unless_in_a_comment_or_out_of_etc() throws Exception {
    write("mkinitcpio.conf", "# /etc/issue\nFILES=(/etc/own.conf \"/etc/dir/\" /etc/../usr/x)\n");
    now(InitrdGenerator.MKINITCPIO).write(kept);
    write("issue", "");
    write("own.conf", "");
    write("dir/below", "");
    assertThat(changed(InitrdGenerator.MKINITCPIO))
        .containsExactly("/etc/dir/below", "/etc/own.conf");
  }

  @Test
  void link_on_the_way_is_not_followed() throws Exception {
    Files.createDirectories(directory.resolve("outside"));
    Files.writeString(directory.resolve("outside/key"), "");
    Files.createSymbolicLink(etc("keys"), directory.resolve("outside"));
    write("crypttab", "root UUID=1 /etc/keys/key luks\n");
    assertThat(now(InitrdGenerator.INITRAMFS_TOOLS).digests()).containsOnlyKeys("crypttab");
  }

  @Test
  void another_generator_is_a_change() throws Exception {
    now(InitrdGenerator.INITRAMFS_TOOLS).write(kept);
    assertThat(changed(InitrdGenerator.DRACUT)).containsExactly("[boot] in /etc/tiu/tiu.toml");
  }

  @Test
  void note_that_is_missing_or_damaged_counts_as_a_change() throws Exception {
    assertThat(changed(InitrdGenerator.DRACUT)).containsExactly("it isn't known which");
    Files.writeString(directory.resolve("tiu/initrd-inputs"), "dracut any-host\nnonsense\n");
    assertThat(changed(InitrdGenerator.DRACUT)).containsExactly("it isn't known which");
    Files.writeString(directory.resolve("tiu/initrd-inputs"), "");
    assertThat(changed(InitrdGenerator.DRACUT)).containsExactly("it isn't known which");
  }
}

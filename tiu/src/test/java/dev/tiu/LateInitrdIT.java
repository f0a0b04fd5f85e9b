package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of /etc that an initrd has copies of, edited between the update and the reboot. */
final class LateInitrdIT {
  private static final Tiu TIU = Tiu.now();
  private static final Pattern INITRD = Pattern.compile("initrd /(tiu/[0-9a-f]+/initrd)");

  @TempDir static Path directory;
  private static SampleSystems samples;

  private LoaderMachine machine;
  private Path boot;

  @BeforeAll
  static void makeSamples() throws IOException {
    samples = SampleSystems.make(directory, TIU);
    samples.addKernel("v1", "1", "kernel");
    InitrdSamples.addGenerator(samples.tree("v1"));
    for (String version : List.of("1", "2", "3")) {
      Files.writeString(samples.tree("v1").resolve("usr/lib/version"), version);
      samples.pack("v1", version);
    }
  }

  @BeforeEach
  void install() throws IOException {
    machine = LoaderMachine.install(directory, samples);
    boot = machine.boot();
    configure("always", "");
  }

  @AfterEach
  void close() throws IOException {
    machine.close();
  }

  private void configure(String trial, String more) throws IOException {
    Files.writeString(
        etc(1).resolve("tiu/tiu.toml"),
        """
        compatible = "sample"
        trial = "%s"
        [boot]
        loader = "grub"
        directory = "/mnt%s"
        %s
        """
            .formatted(trial, boot, more));
  }

  private Path etc(int number) {
    return machine.etc(number);
  }

  private Path kept(int number) {
    return machine.place(number).resolve("tiu/initrd-6.1.0-1");
  }

  private Command.Result tiu(int running, Object... arguments) throws IOException {
    return machine.start(running, arguments).run();
  }

  private String update(int running, int version) throws IOException {
    String bundle = "/mnt" + directory.resolve("v1-%d.tiu".formatted(version));
    return tiu(running, "update", "--keyring", "/mnt" + samples.keyring(), bundle).text();
  }

  private String next() throws IOException {
    return machine.next();
  }

  /** What the loader gives the kernel of that snapshot, as text: it isn't packed. */
  private String initrd(int number) throws IOException {
    Matcher initrd =
        INITRD.matcher(Files.readString(boot.resolve("tiu/grub/%d.cfg".formatted(number))));
    assertThat(initrd.find()).isTrue();
    return Files.readString(boot.resolve(initrd.group(1)));
  }

  private void edit(int number, String path, String text) throws IOException {
    Files.createDirectories(etc(number).resolve(path).getParent());
    Files.writeString(etc(number).resolve(path), text);
  }

  @Test
  void initrd_is_made_anew_when_what_it_has_of_etc_was_edited_after_the_update() throws Exception {
    update(1, 2);
    assertThat(initrd(2)).doesNotContain("root UUID=1");
    edit(1, "crypttab", "root UUID=1 none luks\n");
    Command.Result finished = tiu(1, "etc", "finish");
    assertThat(finished.text())
        .isEqualTo("/etc of snapshot 2 was merged again, with the latest edits");
    assertThat(finished.errorTail())
        .contains(
            "An initrd for snapshot 2 is made anew, as these were changed since: /etc/crypttab")
        .contains("The initrd of snapshot 2 is made");
    assertThat(initrd(2)).contains("root UUID=1 none luks");
    assertThat(next()).isEqualTo("2 3 times, then 1");
    assertThat(tiu(1, "status").text()).doesNotContain("Problem");
    assertThat(tiu(1, "etc", "finish").errorTail()).as("again").isEmpty();
  }

  @Test
  void file_that_a_configuration_names_counts_too_also_if_it_was_missing() throws Exception {
    edit(1, "crypttab", "# not /etc/motd\nroot UUID=1 /etc/secrets/disk.key luks\n");
    update(1, 2);
    edit(1, "secrets/disk.key", "secret");
    assertThat(tiu(1, "etc", "finish").errorTail()).contains("since: /etc/secrets/disk.key\n");
    edit(1, "secrets/disk.key", "another");
    assertThat(tiu(1, "etc", "finish").errorTail()).contains("since: /etc/secrets/disk.key\n");
    edit(1, "motd", "another");
    assertThat(tiu(1, "etc", "finish").errorTail()).isEmpty();
  }

  @Test
  void edit_of_what_no_generator_reads_leaves_the_initrd_as_it_is() throws Exception {
    update(1, 2);
    FileTime made = Files.getLastModifiedTime(kept(2));
    edit(1, "motd", "hello");
    edit(1, "dracut.conf.d/mine.conf", "another generator's");
    Command.Result finished = tiu(1, "etc", "finish");
    assertThat(finished.text()).contains("merged again");
    assertThat(finished.errorTail()).isEmpty();
    assertThat(Files.getLastModifiedTime(kept(2))).isEqualTo(made);
    assertThat(next()).isEqualTo("2 3 times, then 1");
  }

  @Test
  void earlier_initrd_stays_when_the_generator_fails_and_another_try_makes_it() throws Exception {
    update(1, 2);
    String before = initrd(2);
    edit(1, "crypttab", "root UUID=1 none luks\n");
    edit(1, "initramfs-tools/fails", "");
    edit(1, "tiu/cmdline.d/90-kargs.conf", "late=1\n");
    assertThat(tiu(1, "etc", "finish").errorTail())
        .contains("initramfs-tools failed with exit code 1 for kernel 6.1.0-1: no luck.")
        .contains("Snapshot 2 keeps the initrd that it has, from before that change");
    assertThat(initrd(2)).isEqualTo(before);
    assertThat(Files.readString(boot.resolve("tiu/grub/2.cfg"))).contains("late=1");
    assertThat(next()).isEqualTo("2 3 times, then 1");
    assertThat(tiu(1, "status").text())
        .contains("Problem    the initrd of snapshot 2, which boots next, was made before these")
        .contains("/etc/crypttab, /etc/initramfs-tools/fails. `tiu etc finish` makes it anew");

    Files.delete(etc(1).resolve("initramfs-tools/fails"));
    assertThat(tiu(1, "etc", "finish").errorTail()).contains("The initrd of snapshot 2 is made");
    assertThat(initrd(2)).contains("root UUID=1");
    assertThat(tiu(1, "status").text()).doesNotContain("Problem");
  }

  @Test
  void generator_that_hangs_is_ended_and_the_earlier_initrd_stays() throws Exception {
    update(1, 2);
    configure("always", "initrd-time-limit = \"2s\"");
    edit(1, "initramfs-tools/hangs", "");
    assertThat(tiu(1, "etc", "finish").errorTail())
        .contains("initramfs-tools hadn't ended after 2 seconds for kernel 6.1.0-1, and was ended")
        .contains("Snapshot 2 keeps the initrd that it has");
    assertThat(next()).isEqualTo("2 3 times, then 1");
  }

  @Test
  void default_that_has_not_run_yet_gets_its_initrd_too() throws Exception {
    configure("never", "");
    update(1, 2);
    edit(1, "crypttab", "root UUID=1 none luks\n");
    assertThat(tiu(1, "etc", "finish").errorTail())
        .as("something else has started 1, so that nothing can take the part of 2 meanwhile")
        .contains("Snapshot 2 keeps the initrd that it has: its entry can't be written anew");
    assertThat(tiu(2, "booted").text()).contains("Snapshot 2, the default, has booted");

    update(2, 3);
    assertThat(initrd(3)).contains("root UUID=1");
    edit(2, "crypttab", "root UUID=2 none luks\n");
    assertThat(tiu(2, "etc", "finish").errorTail()).contains("The initrd of snapshot 3 is made");
    assertThat(initrd(3)).contains("root UUID=2");
    assertThat(next()).isEqualTo("3");
  }

  @Test
  void rollback_to_a_snapshot_that_waits_makes_its_initrd_of_the_merged_etc() throws Exception {
    configure("never", "");
    String bundle = "/mnt" + directory.resolve("v1-2.tiu");
    tiu(1, "update", "--stage", "--keyring", "/mnt" + samples.keyring(), bundle);
    edit(1, "crypttab", "root UUID=1 none luks\n");
    assertThat(tiu(1, "rollback", "2").text()).contains("Snapshot 2, version 2, is the default");
    assertThat(initrd(2)).contains("root UUID=1");
  }
}

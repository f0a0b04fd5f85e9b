package dev.tiu.boot.initrd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script that counts in an initrd, with a directory in the boot partition's place.
 *
 * <pre>
 * root/proc/cmdline, dev/disk/by-uuid/0123-ABCD, tiu/…    what an initrd has
 * fat/config.txt, tiu/tries, tiu/config.back              what mount shows
 * bin/mount, umount, insmod                               in the place of the real ones
 * </pre>
 */
final class CountTryIT {
  private static final String MARK = "# tiu: these 512 bytes are tiu's; lines below are kept\n";
  private static final String TRIAL = "cmdline=/tiu/cmdline/2-0a1b2c3d-trial.txt\n";
  private static final String REST = "dtparam=audio=on\n[pi4]\narm_boost=1\n";

  @TempDir Path directory;
  private Path root;
  private Path fat;

  @BeforeEach
  void makeInitrd() throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
    fat = Files.createDirectories(directory.resolve("fat"));
    Files.createDirectory(fat.resolve("tiu"));
    write("proc/cmdline", "root=UUID=1 rw tiu.trial=2 tiu.boot=0123-ABCD");
    write("proc/sysrq-trigger", "");
    write("dev/disk/by-uuid/0123-ABCD", "");
    write("tiu/modules/list", "fat.ko\nvfat.ko\n");
    write("tiu/count-try", "");
    program("mount", "rmdir \"$6\" && ln -s '" + fat + "' \"$6\"");
    program("umount", "rm \"$1\"");
    program("insmod", "echo \"$1\" >>'" + directory.resolve("loaded") + "'");
    Files.writeString(fat.resolve("config.txt"), sector("[all]\n" + TRIAL) + REST);
    Files.writeString(
        fat.resolve("tiu/config.back"), sector("[all]\ncmdline=/tiu/cmdline/1-0.txt\n"));
    tries(2, 3);
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void program(String name, String script) throws IOException {
    Path file = Files.createDirectories(directory.resolve("bin")).resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void tries(int trial, int left) throws IOException {
    Files.writeString(
        fat.resolve("tiu/tries"), sector("trial=%d\nleft=%d\n".formatted(trial, left)));
  }

  /** As the boot loader's side writes it. */
  private static String sector(String lines) {
    StringBuilder text = new StringBuilder(MARK + lines);
    for (int i = text.length(); i < 512; i++) {
      text.append(i % 64 == 63 ? '\n' : '#');
    }
    return text.toString();
  }

  /** What an end of the script means. */
  private enum End {
    BOOTS,
    BOOTS_UNCOUNTED,
    RESETS
  }

  private record Run(End end, String said) {}

  private Run run(String shell) throws IOException {
    Path script = Files.write(directory.resolve("script"), TryCounter.script());
    String path = directory.resolve("bin") + ":" + System.getenv("PATH");
    // The exit code as a line: Command takes any but 0 for a failure.
    String output =
        Command.of("sh", "-c", "\"$@\"; echo \"exit $?\"", "sh", shell, "" + script, "" + root)
            .environment(Map.of("PATH", path))
            .run()
            .text();
    boolean reset = Files.readString(root.resolve("proc/sysrq-trigger")).equals("b\n");
    End end = output.endsWith("exit 0") ? End.BOOTS : reset ? End.RESETS : End.BOOTS_UNCOUNTED;
    assertThat(output).endsWith(end == End.BOOTS ? "exit 0" : reset ? "exit 64" : "exit 1");
    return new Run(end, output);
  }

  private Run run() throws IOException {
    return run("sh");
  }

  private String config() throws IOException {
    return Files.readString(fat.resolve("config.txt"));
  }

  private String tries() throws IOException {
    return Files.readString(fat.resolve("tiu/tries"));
  }

  @Test
  void boot_is_counted_before_it_is_made_in_every_shell() throws IOException {
    String before = config();
    int left = 3;
    for (String shell : new String[] {"dash", "bash"}) {
      left--;
      Run run = run(shell);
      assertThat(run.end()).as(shell + ": " + run.said()).isEqualTo(End.BOOTS);
      assertThat(tries()).isEqualTo(sector("trial=2\nleft=%d\n".formatted(left)));
      assertThat(run.said()).contains("snapshot 2 is on trial: " + left + " more boots");
    }
    assertThat(config()).isEqualTo(before);
    assertThat(root.resolve("run/tiu-trial/counted")).exists();
    assertThat(root.resolve("run/tiu-trial/boot")).as("unmounted").doesNotExist();
    assertThat(Files.readAllLines(directory.resolve("loaded")).get(0))
        .isEqualTo(root + "/tiu/modules/fat.ko");
  }

  @Test
  void default_is_put_back_when_no_boot_is_left() throws IOException {
    for (String shell : new String[] {"dash", "bash"}) {
      Files.writeString(fat.resolve("config.txt"), sector("[all]\n" + TRIAL) + REST);
      write("proc/sysrq-trigger", "");
      tries(2, 0);
      Run run = run(shell);
      assertThat(run.end()).as(shell + ": " + run.said()).isEqualTo(End.RESETS);
      assertThat(config()).isEqualTo(Files.readString(fat.resolve("tiu/config.back")) + REST);
      assertThat(tries()).isEqualTo(sector("trial=2\nleft=0\n"));
    }
    assertThat(root.resolve("run/tiu-trial/counted")).doesNotExist();
  }

  @Test
  void boot_that_is_no_trial_touches_nothing() throws IOException {
    write("proc/cmdline", "root=UUID=1 rw quiet");
    program("mount", "echo mounted; exit 1");
    assertThat(run()).isEqualTo(new Run(End.BOOTS, "exit 0"));
    assertThat(tries()).isEqualTo(sector("trial=2\nleft=3\n"));
    assertThat(directory.resolve("loaded")).doesNotExist();
  }

  @Test
  void counter_that_is_damaged_missing_or_anothers_ends_the_trial() throws IOException {
    String whole = sector("trial=2\nleft=3\n");
    for (String bad :
        new String[] {
          "",
          whole.substring(0, 400),
          whole.replace("trial=2", "trial=3"),
          "x" + whole,
          "\0".repeat(512)
        }) {
      Files.writeString(fat.resolve("config.txt"), sector("[all]\n" + TRIAL) + REST);
      Files.writeString(fat.resolve("tiu/tries"), bad);
      assertThat(run().end()).as(bad).isEqualTo(End.RESETS);
      assertThat(config()).contains("1-0.txt").endsWith(REST);
    }
    Files.delete(fat.resolve("tiu/tries"));
    Files.writeString(fat.resolve("config.txt"), sector("[all]\n" + TRIAL) + REST);
    assertThat(run().end()).isEqualTo(End.RESETS);
  }

  @Test
  void trial_that_can_not_be_counted_is_put_back() throws IOException {
    program("cat", "case $1 in */sector) exec cat.broken ;; esac; exec /bin/cat \"$@\"");
    program(
        "cat.broken",
        "[ -e '"
            + directory.resolve("failed")
            + "' ] && exec /bin/cat '"
            + root
            + "/run/tiu-trial/sector'; : >'"
            + directory.resolve("failed")
            + "'; exit 1");
    Run run = run();
    assertThat(run.end()).as(run.said()).isEqualTo(End.RESETS);
    assertThat(run.said()).contains("can't be counted, so its trial ends");
    assertThat(config()).contains("1-0.txt").endsWith(REST);
    assertThat(tries()).as("over").isEqualTo(sector("trial=2\nleft=0\n"));
  }

  @Test
  void boot_goes_on_where_the_partition_can_not_be_mounted_and_is_known_as_uncounted()
      throws IOException {
    program("mount", "exit 32");
    Run run = run();
    assertThat(run.end()).isEqualTo(End.BOOTS_UNCOUNTED);
    assertThat(run.said()).contains("0123-ABCD can't be mounted");
    assertThat(root.resolve("run/tiu-trial/counted")).doesNotExist();
  }

  @Test
  void default_that_is_damaged_is_not_put_back() throws IOException {
    String before = config();
    tries(2, 0);
    for (String bad : new String[] {"", "x".repeat(512), sector("").substring(0, 510)}) {
      Files.writeString(fat.resolve("tiu/config.back"), bad);
      Run run = run();
      assertThat(run.end()).as(bad).isEqualTo(End.BOOTS_UNCOUNTED);
      assertThat(run.said()).contains("the default can't be put back");
      assertThat(config()).isEqualTo(before);
    }
  }

  @Test
  void config_that_somebody_changed_since_is_left_alone() throws IOException {
    Files.writeString(fat.resolve("config.txt"), "kernel=mine.img\n");
    tries(2, 0);
    assertThat(run().end()).isEqualTo(End.BOOTS_UNCOUNTED);
    assertThat(config()).isEqualTo("kernel=mine.img\n");
  }
}

package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.ImageTraits;
import dev.tiu.e2e.image.ImageTraits.Added;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.machine.UefiFirmware;
import dev.tiu.e2e.machine.WriteLog;
import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A trial's boots and its verdict, as a disk would have them that loses all that wasn't flushed: at
 * each flush what the loader starts is whole, and from wherever that or the snapshots' states
 * change a machine goes on to the same verdict by itself.
 */
@Tag("e2e")
@Tag("slow")
final class VerdictPowerLossIT {
  private static final UefiFirmware FIRMWARE = UefiFirmware.of(GuestArchitecture.AMD64);

  private static RootTree tree;
  private static TestBundle first;
  private static BaseDisk base;

  @TempDir Path directory;

  @BeforeAll
  static void makeImages() throws IOException {
    tree = RootTree.of(GuestArchitecture.AMD64);
    first = TestBundle.of(tree, "1", ImageTraits.withHealth().andNetwork());
    base = BaseDisk.withSystemdBoot(first);
  }

  private static MachineSpec spec(String name, Path disk) {
    return MachineSpec.of(name, GuestArchitecture.AMD64, FIRMWARE, disk);
  }

  /** The disk of a machine that was updated, raw. */
  private Path armed(TestBundle image) throws Exception {
    Path disk = Qcow2.overlay(base.image(), directory.resolve("disk.qcow2"));
    MachineSpec spec = spec("verdict-armed", disk).withShare(Updates.channel(directory, image));
    Updates.arm(spec, image);
    Path raw = directory.resolve("armed");
    Command.of("qemu-img", "convert", "-O", "raw", disk.toString(), raw.toString()).run();
    Files.delete(disk);
    return raw;
  }

  /** Copies of the disk before and after each change of what is found on it. */
  private List<Path> cuts(Path log, Path raw) throws IOException {
    List<Path> cuts = new ArrayList<>();
    Optional<DiskAtFlush> last = Optional.empty();
    Path previous = directory.resolve("previous");
    try (WriteLog writes = WriteLog.open(log, raw)) {
      while (writes.toNextFlush()) {
        Optional<DiskAtFlush> now = Optional.of(DiskAtFlush.check(raw, base, directory));
        if (!now.equals(last)) {
          System.out.println("flush " + writes.flushes() + ": " + now.orElseThrow());
          if (last.isPresent()) {
            Path before = directory.resolve("cut-%d".formatted(writes.flushes() - 1));
            if (!cuts.contains(before)) {
              cuts.add(Files.move(previous, before));
            }
          }
          Path after = directory.resolve("cut-%d".formatted(writes.flushes()));
          copy(raw, after);
          cuts.add(after);
          last = now;
        }
        copy(raw, previous);
      }
      System.out.println(writes.flushes() + " flushes checked");
      assertThat(writes.flushes()).isGreaterThan(5);
    }
    Files.deleteIfExists(previous);
    return cuts;
  }

  private static void copy(Path from, Path to) throws IOException {
    Command.of("cp", "--sparse=always", from.toString(), to.toString()).run();
  }

  /** However the machine gets there: from the trial's first boot, or from what was lost of it. */
  @FunctionalInterface
  private interface Ending {
    void await(Machine machine) throws IOException;
  }

  private void endsSoAfterEveryCut(TestBundle image, Ending ending) throws Exception {
    Path armed = armed(image);
    Path log = directory.resolve("writes");
    Path disk = Qcow2.overlay(armed, directory.resolve("disk.qcow2"));
    try (Machine machine = Machine.start(spec("verdict", disk).withWriteLog(log))) {
      machine.awaitBoot(Machine.BOOT);
      ending.await(machine);
      machine.run("sync");
    }
    for (Path cut : cuts(log, armed)) {
      System.out.println("power lost at " + cut.getFileName());
      Path lost = Qcow2.overlay(cut, directory.resolve("lost.qcow2"));
      try (Machine machine = Machine.start(spec("verdict-" + cut.getFileName(), lost))) {
        machine.awaitBoot(Machine.BOOT);
        ending.await(machine);
      }
      Files.delete(lost);
      Files.delete(cut);
    }
  }

  @Test
  void good_trial_becomes_the_default_wherever_the_power_was_lost() throws Exception {
    TestBundle second = TestBundle.of(tree, "2", ImageTraits.withHealth().andNetwork());
    endsSoAfterEveryCut(
        second,
        machine -> {
          assertThat(HealthRounds.running(machine)).isEqualTo(2);
          String unused = HealthRounds.verdict(machine);
          assertThat(HealthRounds.snapshots(machine)).isEqualTo("1 good, 2 good default");
        });
  }

  @Test
  void bad_trial_is_left_wherever_the_power_was_lost() throws Exception {
    // Late enough for the test to see which snapshot runs.
    String check =
        "kind = \"command\"\ncommand = [\"/bin/sh\", \"-c\", \"sleep 20; exit 1\"]\ntries = 1\n";
    TestBundle failing =
        TestBundle.of(
            tree,
            "7",
            ImageTraits.withHealth()
                .andNetwork()
                .and(Added.file("usr/lib/tiu/health.d/fails.toml", check)));
    endsSoAfterEveryCut(
        failing,
        machine -> {
          if (HealthRounds.running(machine) == 2) {
            machine.awaitBoot(Machine.BOOT);
          }
          assertThat(HealthRounds.running(machine)).isEqualTo(1);
          String unused = HealthRounds.verdict(machine);
          assertThat(HealthRounds.snapshots(machine)).startsWith("1 good default, 2 bad (");
        });
  }
}

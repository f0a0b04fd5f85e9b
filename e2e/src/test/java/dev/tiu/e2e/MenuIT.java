package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.machine.UefiFirmware;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three snapshots, of which a person chooses the older ones in the boot loader's menu. */
@Tag("e2e")
final class MenuIT {
  /** As a terminal sends them; neither begins with ESC, which is a key of the firmware's too. */
  private static final String DOWN = "\u000e";

  private static final String ENTER = "\r";

  private static TestBundle first;
  private static TestBundle second;
  private static TestBundle third;

  @TempDir Path directory;

  @BeforeAll
  static void makeImages() throws IOException {
    RootTree root = RootTree.of(GuestArchitecture.AMD64);
    first = TestBundle.of(root);
    second = TestBundle.of(root, "2");
    third = TestBundle.of(root, "3");
  }

  /** With snapshots 1, which runs, 2, and 3, the default. */
  private Machine start(String name, BaseDisk base) throws IOException {
    Path disk = Qcow2.overlay(base.image(), directory.resolve("disk.qcow2"));
    Machine machine =
        Machine.start(
            MachineSpec.of(
                    name, GuestArchitecture.AMD64, UefiFirmware.of(GuestArchitecture.AMD64), disk)
                .withShare(Updates.share(directory, second, third)));
    boolean ready = false;
    try {
      machine.awaitBoot(Machine.BOOT);
      machine.run("sed -i 's/^trial = .*/trial = \"never\"/' /etc/tiu/tiu.toml");
      assertThat(Updates.update(machine, second)).contains("Snapshot 2, version 2, is the default");
      assertThat(Updates.update(machine, third)).contains("Snapshot 3, version 3, is the default");
      assertThat(machine.run("tiu status")).contains("can start snapshots 1, 2, 3");
      ready = true;
      return machine;
    } finally {
      if (!ready) {
        machine.close();
      }
    }
  }

  private static void assertRuns(Machine machine, int number) throws IOException {
    assertThat(machine.run("findmnt --noheadings --output SOURCE /"))
        .endsWith("[/@/.snapshots/%d/snapshot]".formatted(number));
  }

  private static void assertWasChosen(Machine machine, int number) throws IOException {
    assertRuns(machine, number);
    assertThat(Updates.booted(machine))
        .contains(
            "Snapshot %d has booted, which isn't the default: it was chosen in the boot menu"
                .formatted(number));
    assertThat(machine.run("tiu status"))
        .contains("Default    snapshot 3,")
        .contains("Booted     snapshot %d,".formatted(number));
  }

  private static void assertDefaultIsAsBefore(Machine machine) throws IOException {
    machine.reboot(Machine.BOOT);
    assertRuns(machine, 3);
    assertThat(Updates.booted(machine)).contains("Snapshot 3, the default, has booted");
  }

  /** A digit starts the entry in that line of the menu; which one it is shows there. */
  private static Optional<String> inSystemdBoot(String shown, int wanted) {
    List<Integer> lines = new ArrayList<>();
    for (int number = 1; number <= 3; number++) {
      if (shown.contains("(snapshot " + number + ")")) {
        lines.add(number);
      }
    }
    lines.sort(Comparator.comparing(number -> shown.indexOf("(snapshot " + number + ")")));
    return lines.size() < 3
        ? Optional.empty()
        : Optional.of(Integer.toString(lines.indexOf(wanted) + 1));
  }

  @Test
  void older_snapshots_are_chosen_in_systemd_boot_s_menu_and_for_one_boot() throws Exception {
    try (Machine machine = start("menu-systemd-boot", BaseDisk.withSystemdBoot(first))) {
      machine.reboot(shown -> inSystemdBoot(shown, 2), Machine.BOOT);
      assertWasChosen(machine, 2);

      machine.run("bootctl set-oneshot tiu-old-1.conf");
      machine.reboot(Machine.BOOT);
      assertWasChosen(machine, 1);
      assertDefaultIsAsBefore(machine);
    }
  }

  /** The third line is that of the others, which come newest first. */
  private static Optional<String> inGrub(String shown, int wanted) {
    return shown.contains("Other snapshots")
        ? Optional.of(DOWN + DOWN + ENTER + DOWN.repeat(3 - wanted) + ENTER)
        : Optional.empty();
  }

  @Test
  @Tag("slow")
  void older_snapshots_are_chosen_in_grub_s_menu() throws Exception {
    try (Machine machine = start("menu-grub", BaseDisk.withGrub(first))) {
      machine.reboot(shown -> inGrub(shown, 2), Machine.BOOT);
      assertWasChosen(machine, 2);
      machine.reboot(shown -> inGrub(shown, 1), Machine.BOOT);
      assertWasChosen(machine, 1);
      assertDefaultIsAsBefore(machine);
    }
  }
}

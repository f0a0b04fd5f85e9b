package dev.tiu.e2e;

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
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trials that systemd starts and feeds the watchdog for, and that don't get as far as their health
 * checks.
 */
@Tag("e2e")
@Tag("slow")
final class UnfinishedBootIT {
  private static final String SYSTEM = "usr/lib/systemd/system/";

  private static RootTree tree;
  private static TestBundle first;

  @TempDir Path directory;

  @BeforeAll
  static void makeImage() throws IOException {
    tree = RootTree.of(GuestArchitecture.AMD64);
    first = TestBundle.of(tree, "1", ImageTraits.withHealth());
  }

  private void assertIsLeft(String name, String reason, Added... added) throws IOException {
    TestBundle image = TestBundle.of(tree, "2", ImageTraits.withHealth().and(added));
    Path disk =
        Qcow2.overlay(BaseDisk.withSystemdBoot(first).image(), directory.resolve("disk.qcow2"));
    UefiFirmware firmware = UefiFirmware.of(GuestArchitecture.AMD64);
    try (Machine machine =
        Machine.start(
            MachineSpec.of(name, GuestArchitecture.AMD64, firmware, disk)
                .withShare(Updates.channel(directory, image)))) {
      machine.awaitBoot(Machine.BOOT);
      HealthRounds.isRejected(machine, image, 2, reason);
    }
  }

  private static Added wanted(String target, String unit) {
    return Added.link(SYSTEM + target + ".requires/" + unit, "../" + unit);
  }

  @Test
  void one_that_ends_in_emergency_mode_is_left() throws Exception {
    String broken =
        """
        [Unit]
        DefaultDependencies=no
        Before=local-fs.target
        [Service]
        Type=oneshot
        ExecStart=/bin/false
        """;
    assertIsLeft(
        "health-emergency",
        "the system ended in emergency mode",
        Added.file(SYSTEM + "broken.service", broken),
        wanted("local-fs.target", "broken.service"));
  }

  @Test
  void one_that_waits_for_ever_is_left_at_its_deadline() throws Exception {
    String stuck =
        """
        [Unit]
        DefaultDependencies=no
        After=sysinit.target
        Before=basic.target
        [Service]
        Type=oneshot
        ExecStart=/bin/sleep infinity
        """;
    assertIsLeft(
        "health-deadline",
        "it did not come as far as its health checks",
        Added.file(SYSTEM + "stuck.service", stuck),
        wanted("basic.target", "stuck.service"),
        Added.file(
            SYSTEM + "tiu-deadline.timer.d/soon.conf", "[Timer]\nOnBootSec=\nOnBootSec=2min\n"));
  }
}

package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.image.TiuProgram;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.machine.UefiFirmware;
import dev.tiu.linux.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image on a disk that is larger, which its running system grows into. */
@Tag("e2e")
final class GrowIT {
  private static final long LARGER = 7L << 30;

  @TempDir Path directory;

  @Test
  void unit_grows_a_running_system_once() throws Exception {
    BaseDisk base = BaseDisk.withSystemdBoot(TestBundle.of(RootTree.of(GuestArchitecture.AMD64)));
    Path disk = Qcow2.largerOverlay(base.image(), directory.resolve("disk.qcow2"), LARGER);
    Path share = Files.createDirectory(directory.resolve("share"));
    Path tiu = TiuProgram.built().directory();
    Path unit = Path.of("../units/tiu-grow.service");
    Command.of(
            "cp",
            "--recursive",
            "" + tiu.resolve("tiu.jar"),
            "" + tiu.resolve("lib"),
            "" + unit,
            "" + share)
        .run();
    UefiFirmware firmware = UefiFirmware.of(GuestArchitecture.AMD64);
    try (Machine machine =
        Machine.start(
            MachineSpec.of("grow", GuestArchitecture.AMD64, firmware, disk).withShare(share))) {
      machine.awaitBoot(Machine.BOOT);
      assertThat(size(machine)).isLessThan(4L << 30);
      machine.run(
          """
          mkdir /run/share
          mount -t 9p -o trans=virtio,version=9p2000.L,ro share /run/share
          cp /run/share/tiu-grow.service /etc/systemd/system/
          mkdir /etc/systemd/system/tiu-grow.service.d
          printf '[Service]\\nExecStart=\\nExecStart=-/usr/bin/java -jar /run/share/tiu.jar grow\\n' \
            >/etc/systemd/system/tiu-grow.service.d/program.conf
          systemctl daemon-reload
          systemctl enable tiu-grow.service
          systemctl start tiu-grow.service
          """);
      assertThat(machine.run("journalctl --unit tiu-grow --output cat"))
          .contains("partition 2 grows from ", "The file system grew from ");
      assertThat(size(machine)).isBetween(LARGER - (600L << 20), LARGER - (500L << 20));
      assertThat(machine.run("ls /var/lib/tiu")).as("no stamp").isEmpty();
      machine.run("systemctl start tiu-grow.service");
      assertThat(machine.run("systemctl show --property ConditionResult tiu-grow"))
          .isEqualTo("ConditionResult=no");
      machine.powerOff(Duration.ofMinutes(3));
    }
  }

  /** Of the root's file system, in bytes. */
  private static long size(Machine machine) throws Exception {
    return Long.parseLong(machine.run("df --block-size=1 --output=size / | tail -1").strip());
  }
}

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
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A machine that loses its power again and again while it updates and rolls back: it boots every
 * time, into a whole system.
 *
 * <p>{@code -De2e.cuts=N} says how often; {@code -De2e.seed=N} makes it the same again.
 */
@Tag("e2e")
@Tag("slow")
final class PowerCutsIT {
  private static final int CUTS = Integer.getInteger("e2e.cuts", 30);
  private static final long SEED = Long.getLong("e2e.seed", System.nanoTime());

  /** What an update takes on an idle machine, and some more: a cut may come after its end. */
  private static final int UPDATE_MILLIS = 110_000;

  private static final int ROLLBACK_MILLIS = 9_000;

  @TempDir Path directory;

  @Test
  void machine_boots_into_a_whole_system_after_every_cut() throws Exception {
    TestBundle first = TestBundle.of(RootTree.of(GuestArchitecture.AMD64));
    TestBundle second = TestBundle.of(RootTree.withOtherKernel(GuestArchitecture.AMD64), "2");
    Path disk =
        Qcow2.overlay(BaseDisk.withSystemdBoot(first).image(), directory.resolve("disk.qcow2"));
    UefiFirmware firmware = UefiFirmware.of(GuestArchitecture.AMD64);
    Random random = new Random(SEED);
    System.out.println("cuts with -De2e.seed=" + SEED);
    try (Machine machine =
        Machine.start(
            MachineSpec.of("power-cuts", GuestArchitecture.AMD64, firmware, disk)
                .withShare(Updates.share(directory, first, second)))) {
      machine.awaitBoot(Machine.BOOT);
      requireWhole(machine);
      for (int cut = 1; cut <= CUTS; cut++) {
        boolean rollsBack = cut % 4 == 0 && canRollBack(machine);
        String command =
            rollsBack
                ? "tiu rollback"
                : "tiu gc --keep 3; tiu update --force --allow-downgrade /run/share/v%d.tiu"
                    .formatted(1 + random.nextInt(2));
        int millis = random.nextInt(rollsBack ? ROLLBACK_MILLIS : UPDATE_MILLIS);
        System.out.printf("cut %d after %d ms of: %s%n", cut, millis, command);
        Updates.mountShare(machine);
        machine.run("setsid sh -c '%s' >/var/log/cut 2>&1 </dev/null &".formatted(command));
        Thread.sleep(millis);
        if (random.nextBoolean()) {
          machine.powerCut(Machine.BOOT);
        } else {
          machine.reset(Machine.BOOT);
        }
        requireWhole(machine);
      }
    }
  }

  private static boolean canRollBack(Machine machine) throws IOException {
    return !machine.run("tiu status").contains("Way back   none");
  }

  /** It came up by itself, with its own modules, and tiu finds nothing that needs a person. */
  private static void requireWhole(Machine machine) throws IOException {
    assertThat(Updates.booted(machine)).contains("has booted").endsWith("running");
    assertThat(machine.run("uname -r; ls /lib/modules").lines().distinct())
        .as("kernel and modules")
        .hasSize(1);
    assertThat(machine.run("tiu status")).doesNotContain("Problem");
    if (machine.run("tiu list").contains("trying")) {
      machine.run("tiu mark-good");
    }
  }
}

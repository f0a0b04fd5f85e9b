package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.Machine;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Raspberry Pi, with a model of its firmware, that updates itself. */
@Tag("e2e")
@Tag("slow")
final class RaspberryPiUpdateIT {
  private static TestBundle first;

  @TempDir Path directory;

  @BeforeAll
  static void makeImage() throws IOException {
    first = TestBundle.of(RootTree.of(GuestArchitecture.ARM64));
  }

  private Machine start(String name, TestBundle image) throws IOException {
    return Updates.raspberryPi(name, first, directory, image);
  }

  @Test
  void another_kernel_is_tried_becomes_the_default_and_is_left_again() throws Exception {
    TestBundle second = TestBundle.of(RootTree.withOtherKernel(GuestArchitecture.ARM64), "2");
    try (Machine machine = start("pi-update", second)) {
      Updates.goThereAndBack(machine, second);
    }
  }

  @Test
  void trial_that_fails_is_asked_for_again_until_its_tries_are_used_up() throws Exception {
    TestBundle broken = TestBundle.broken(RootTree.of(GuestArchitecture.ARM64), "3");
    try (Machine machine = start("pi-broken", broken)) {
      machine.awaitBoot(Machine.BOOT);
      assertThat(Updates.update(machine, broken)).contains("on trial");
      for (String left : new String[] {"2 boots left", "1 boot left"}) {
        assertThat(machine.reboot(Machine.BOOT).starts() - 1)
            .as("a try, and the default")
            .isEqualTo(2);
        assertThat(Updates.booted(machine)).contains("Snapshot 2 is still to be tried; " + left);
      }
      machine.reboot(Machine.BOOT);
      assertThat(Updates.booted(machine))
          .contains("Snapshot 2 is bad: none of its trial boots came up");
      assertThat(machine.reboot(Machine.BOOT).starts() - 1).isEqualTo(1);
    }
  }
}

package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.ImageTraits;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Raspberry Pi with Debian's kernel, which can't ask for a trial: the initrd counts. */
@Tag("e2e")
@Tag("slow")
final class RaspberryPiWithoutTrybootIT {
  private static TestBundle first;

  @TempDir Path directory;

  @BeforeAll
  static void makeImage() throws IOException {
    first = TestBundle.of(RootTree.of(GuestArchitecture.ARM64), "1", ImageTraits.WITHOUT_TRYBOOT);
  }

  private Machine start(String name, TestBundle image) throws IOException {
    return Updates.raspberryPi(name, first, directory, image);
  }

  @Test
  void another_kernel_is_tried_becomes_the_default_and_is_left_again() throws Exception {
    TestBundle second =
        TestBundle.of(
            RootTree.withOtherKernel(GuestArchitecture.ARM64), "2", ImageTraits.WITHOUT_TRYBOOT);
    try (Machine machine = start("pi-counts", second)) {
      Updates.goThereAndBack(machine, second);
      assertThat(machine.console().textSince(0))
          .contains("tiu: snapshot 2 is on trial: 2 more boots after this one");
      assertThat(machine.run("tiu status")).contains("the initrd counts the boots");
    }
  }

  @Test
  void trial_that_fails_is_counted_and_the_default_is_put_back() throws Exception {
    TestBundle broken =
        TestBundle.of(
            RootTree.of(GuestArchitecture.ARM64), "3", ImageTraits.WITHOUT_TRYBOOT.thatPanics());
    try (Machine machine = start("pi-counts-broken", broken)) {
      machine.awaitBoot(Machine.BOOT);
      assertThat(Updates.update(machine, broken)).contains("on trial").contains("isn't counted");
      Machine.Boot back = machine.reboot(Duration.ofMinutes(30));
      System.out.println("back after " + back.starts() + " starts, " + back.time());
      assertThat(back.starts() - 1)
          .as("three tries, one that puts the default back, and the default")
          .isEqualTo(5);
      assertThat(machine.console().textSince(0))
          .contains("0 more boots after this one")
          .contains("no boot of snapshot 2 is left: the default boots again");
      assertThat(Updates.booted(machine))
          .contains("Snapshot 2 is bad: none of its trial boots came up");
      assertThat(machine.reboot(Machine.BOOT).starts() - 1).isEqualTo(1);
    }
  }
}

package dev.tiu.e2e;

import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.BiosFirmware;
import dev.tiu.e2e.machine.Firmware;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.machine.UefiFirmware;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine with GRUB that updates itself. */
@Tag("e2e")
@Tag("slow")
final class GrubUpdateIT {
  @TempDir Path directory;

  @Test
  void another_kernel_is_tried_and_left_again_and_a_broken_image_is_left_after_its_tries()
      throws Exception {
    update("grub-update", UefiFirmware.of(GuestArchitecture.AMD64));
  }

  @Test
  void without_efi_the_same_script_counts() throws Exception {
    update("grub-bios-update", new BiosFirmware());
  }

  private void update(String name, Firmware firmware) throws Exception {
    TestBundle first = TestBundle.of(RootTree.of(GuestArchitecture.AMD64));
    TestBundle second = TestBundle.of(RootTree.withOtherKernel(GuestArchitecture.AMD64), "2");
    TestBundle broken = TestBundle.broken(RootTree.of(GuestArchitecture.AMD64), "3");
    Path disk = Qcow2.overlay(BaseDisk.withGrub(first).image(), directory.resolve("disk.qcow2"));
    Path share = Updates.share(directory, second, broken);
    try (Machine machine =
        Machine.start(
            MachineSpec.of(name, GuestArchitecture.AMD64, firmware, disk).withShare(share))) {
      Updates.goThereAndBack(machine, second);
      Updates.tryInVain(machine, broken, 3);
    }
  }
}

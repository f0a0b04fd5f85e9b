package dev.tiu.boot;

import dev.tiu.boot.cmdline.CommandLine;
import dev.tiu.boot.initrd.Initrd;
import dev.tiu.boot.kernel.Firmware;
import dev.tiu.boot.kernel.Kernel;
import java.util.List;
import java.util.Optional;

/**
 * What a boot loader needs of one snapshot: all of it, and all of it from that snapshot.
 *
 * <p>Paths of kernels, device trees and firmware lie below the snapshot's root, those of initrds in
 * the directory of what is kept with it. Each initrd was looked into, and has the modules of the
 * kernel that it stands with.
 *
 * @param kernels the one to boot first; several only for a Raspberry Pi, one for each name that its
 *     firmware looks for
 * @param firmware of a Raspberry Pi, where the snapshot has it
 * @param commandLine for all of them
 */
public record BootFiles(
    List<KernelWithInitrd> kernels, Optional<Firmware> firmware, CommandLine commandLine) {
  /**
   * A kernel, and what is loaded with it.
   *
   * @param initrd empty where the policy is to have none
   */
  public record KernelWithInitrd(Kernel kernel, Optional<Initrd> initrd) {}

  /** Checks that there is a kernel, and that a boot loader can tell them apart. */
  public BootFiles {
    kernels = List.copyOf(kernels);
    if (kernels.isEmpty()) {
      throw new IllegalArgumentException("no kernel");
    }
    long names = kernels.stream().map(one -> one.kernel().firmwareName()).distinct().count();
    if (names != kernels.size()) {
      throw new IllegalArgumentException("two kernels with one name: " + kernels);
    }
  }

  /** The kernel to boot; on a Raspberry Pi its firmware may take another one of them. */
  public Kernel kernel() {
    return kernels.get(0).kernel();
  }
}

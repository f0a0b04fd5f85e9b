package dev.tiu.boot.kernel;

import dev.tiu.linux.BytePath;
import java.util.Optional;

/**
 * A kernel of a snapshot; all paths lie below the snapshot's root.
 *
 * @param version as {@code uname -r} says it, and as its directory of modules is called
 * @param image what a boot loader starts
 * @param modules its directory of modules
 * @param deviceTrees a directory with its {@code *.dtb} files, maybe in directories by vendor
 * @param overlays a directory with its {@code *.dtbo} files
 * @param firmwareName how the Raspberry Pi's firmware looks for it, {@code kernel8.img}; empty for
 *     a kernel that isn't for it
 */
public record Kernel(
    String version,
    BytePath image,
    BytePath modules,
    Optional<BytePath> deviceTrees,
    Optional<BytePath> overlays,
    Optional<String> firmwareName) {

  /** Whether it is one of those that the Raspberry Pi project builds, or is named as one. */
  public boolean isRaspberryPi() {
    return firmwareName.isPresent();
  }
}

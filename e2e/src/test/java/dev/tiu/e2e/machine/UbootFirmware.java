package dev.tiu.e2e.machine;

import java.nio.file.Path;
import java.util.List;

/** U-Boot for QEMU's {@code virt} board, from Debian's {@code u-boot-qemu}. */
public record UbootFirmware(Path image) implements Firmware {
  public UbootFirmware() {
    this(Path.of("/usr/lib/u-boot/qemu_arm64/u-boot.bin"));
  }

  @Override
  public List<String> arguments(Start start) {
    return List.of("-bios", image.toString());
  }
}

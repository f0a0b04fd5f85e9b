package dev.tiu.e2e.machine;

import java.util.List;

/** SeaBIOS, which QEMU has for x86-64 where nothing else is said; it knows nothing of EFI. */
public record BiosFirmware() implements Firmware {
  @Override
  public List<String> arguments(Start start) {
    return List.of();
  }
}

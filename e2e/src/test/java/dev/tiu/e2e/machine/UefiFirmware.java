package dev.tiu.e2e.machine;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** EDK II as Debian builds it, with variables that outlast a power cut. */
public record UefiFirmware(Path code, Path emptyVariables) implements Firmware {
  /** The one for that architecture: Debian's {@code ovmf} or {@code qemu-efi-aarch64}. */
  public static UefiFirmware of(GuestArchitecture architecture) {
    return switch (architecture) {
      case AMD64 ->
          new UefiFirmware(
              Path.of("/usr/share/OVMF/OVMF_CODE_4M.fd"),
              Path.of("/usr/share/OVMF/OVMF_VARS_4M.fd"));
      case ARM64 ->
          new UefiFirmware(
              Path.of("/usr/share/AAVMF/AAVMF_CODE.fd"), Path.of("/usr/share/AAVMF/AAVMF_VARS.fd"));
    };
  }

  @Override
  public List<String> arguments(Start start) throws IOException {
    Path variables = start.directory().resolve("efi-variables.qcow2");
    if (!Files.exists(variables)) {
      Command.of("qemu-img", "convert", "-O", "qcow2", "" + emptyVariables, "" + variables).run();
    }
    return List.of(
        "-drive",
        "if=pflash,unit=0,format=raw,readonly=on,file=" + code,
        "-drive",
        "if=pflash,unit=1,format=qcow2,file=" + variables);
  }
}

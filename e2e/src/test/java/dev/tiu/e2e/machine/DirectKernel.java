package dev.tiu.e2e.machine;

import java.nio.file.Path;
import java.util.List;

/** No firmware at all: QEMU puts a kernel of the host's into memory. */
public record DirectKernel(Path kernel, Path initrd, String commandLine) implements Firmware {
  @Override
  public List<String> arguments(Start start) {
    return List.of(
        "-kernel", kernel.toString(), "-initrd", initrd.toString(), "-append", commandLine);
  }
}

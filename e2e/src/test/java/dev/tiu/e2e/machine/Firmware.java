package dev.tiu.e2e.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a machine runs before its kernel.
 *
 * <p>Each start of a machine is a new QEMU, also after a reboot, so that a firmware which is a
 * model of ours sees every one of them.
 */
public interface Firmware {
  /**
   * What a firmware knows when the machine starts.
   *
   * @param architecture what it runs on
   * @param disk qcow2
   * @param directory of the machine, where a firmware keeps what outlasts a start
   * @param rebootArgument what the system that ran before gave to reboot(2), as {@code systemctl
   *     reboot --reboot-argument}; empty after power-on or without one
   * @param memory in MiB
   */
  record Start(
      GuestArchitecture architecture,
      Path disk,
      Path directory,
      String rebootArgument,
      int memory) {}

  /**
   * Looks for what to boot, and says with which arguments QEMU does that.
   *
   * @throws FirmwareStuckException if there is nothing that can be started
   */
  List<String> arguments(Start start) throws IOException;
}

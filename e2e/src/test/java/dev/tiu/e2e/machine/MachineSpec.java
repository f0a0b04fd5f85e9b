package dev.tiu.e2e.machine;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a machine is made of.
 *
 * @param name of its directory for the console's log
 * @param disk qcow2, which it writes to: an overlay as {@link Qcow2} makes it
 * @param memory in MiB
 * @param share a directory of the host's that the guest can mount, read-only, as 9p with the tag
 *     {@code share}
 * @param isOnNetwork whether it has a network of its own, in which this machine's loopback address
 *     is {@value #HOST}; DHCP gives it an address
 * @param writeLog where all that it writes to its disk is recorded, for {@link WriteLog}
 */
public record MachineSpec(
    String name,
    GuestArchitecture architecture,
    Firmware firmware,
    Path disk,
    int memory,
    Optional<Path> share,
    boolean isOnNetwork,
    Optional<Path> writeLog) {
  /** This machine, as guests see it. */
  public static final String HOST = "10.0.2.2";

  /** One of 1 GiB, with nothing to share. */
  public static MachineSpec of(
      String name, GuestArchitecture architecture, Firmware firmware, Path disk) {
    return new MachineSpec(
        name, architecture, firmware, disk, 1024, Optional.empty(), false, Optional.empty());
  }

  /** With that directory at hand. */
  public MachineSpec withShare(Path directory) {
    return new MachineSpec(
        name, architecture, firmware, disk, memory, Optional.of(directory), isOnNetwork, writeLog);
  }

  /** With a record of what it writes; a file that isn't there yet. */
  public MachineSpec withWriteLog(Path log) {
    return new MachineSpec(
        name, architecture, firmware, disk, memory, share, isOnNetwork, Optional.of(log));
  }

  /** With a network. */
  public MachineSpec withNetwork() {
    return new MachineSpec(name, architecture, firmware, disk, memory, share, true, writeLog);
  }
}

package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.file.Path;
import java.util.List;

/** What is in a room's {@code /dev}: devices that every program may have, and terminals. */
final class RoomDevices {
  /** Numbers of {@code Documentation/admin-guide/devices.txt}. */
  private record Device(String name, int major, int minor) {}

  private static final List<Device> DEVICES =
      List.of(
          new Device("null", 1, 3),
          new Device("zero", 1, 5),
          new Device("full", 1, 7),
          new Device("random", 1, 8),
          new Device("urandom", 1, 9),
          new Device("tty", 5, 0));

  private record Link(String name, String target) {}

  private static final List<Link> LINKS =
      List.of(
          new Link("ptmx", "pts/ptmx"),
          new Link("fd", "/proc/self/fd"),
          new Link("stdin", "/proc/self/fd/0"),
          new Link("stdout", "/proc/self/fd/1"),
          new Link("stderr", "/proc/self/fd/2"));

  private static final long NOSUID_NOEXEC = 2 | 8;

  private RoomDevices() {}

  static void make(Dir dev) throws LinuxException {
    for (Device device : DEVICES) {
      BytePath name = BytePath.of(device.name());
      dev.makeNode(name, FileType.CHARACTER_DEVICE, 0666, device.major(), device.minor());
    }
    for (Link link : LINKS) {
      dev.makeSymlink(link.target().getBytes(US_ASCII), BytePath.of(link.name()));
    }
    dev.makeDir(BytePath.of("shm"), 01777);
    BytePath pts = BytePath.of("pts");
    dev.makeDir(pts, 0755);
    try (Dir target = dev.openDir(pts)) {
      // Each devpts is one of its own: the machine's terminals aren't in it.
      String options = "newinstance,ptmxmode=0666,mode=620,gid=5";
      Path point = target.procPath(BytePath.ROOT);
      Mounts.mount(Path.of("devpts"), point, "devpts", NOSUID_NOEXEC, options);
    }
  }
}

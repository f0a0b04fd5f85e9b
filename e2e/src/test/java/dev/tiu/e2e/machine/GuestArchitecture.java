package dev.tiu.e2e.machine;

import java.util.List;

/** The kinds of machine that there are tests on, and what QEMU needs to be told of them. */
public enum GuestArchitecture {
  AMD64("amd64", "x86_64", "ttyS0"),
  ARM64("arm64", "aarch64", "ttyAMA0");

  private final String debian;
  private final String uname;
  private final String console;

  GuestArchitecture(String debian, String uname, String console) {
    this.debian = debian;
    this.uname = uname;
    this.console = console;
  }

  /** Debian's name. */
  public String debian() {
    return debian;
  }

  /** What {@code uname -m} says, and tiu. */
  public String uname() {
    return uname;
  }

  /** The serial console as the kernel calls it. */
  public String console() {
    return console;
  }

  String emulator() {
    return "qemu-system-" + uname;
  }

  /** The plainest processors, as they are emulated fastest. */
  List<String> board() {
    return switch (this) {
      case AMD64 -> List.of("-machine", "q35,accel=tcg", "-cpu", "qemu64");
      case ARM64 -> List.of("-machine", "virt,accel=tcg,gic-version=2", "-cpu", "cortex-a72");
    };
  }
}

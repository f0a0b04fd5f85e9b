package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** The machine that this runs on. */
public final class Machine {
  /** The fifth of the names in {@code struct utsname}, each of 65 bytes. */
  private static final int MACHINE = 4 * 65;

  private Machine() {}

  /** The kernel's name for the processor, as uname(2) says: {@code x86_64}, {@code aarch64}. */
  public static String architecture() throws LinuxException {
    Scratch scratch = Scratch.get();
    int result = LibC.uname(scratch.address(Scratch.STRUCT));
    long unused = Calls.check(result, "uname", Label.of("this machine"), BytePath.ROOT);
    return new String(scratch.cString(Scratch.STRUCT + MACHINE, 65), US_ASCII);
  }
}

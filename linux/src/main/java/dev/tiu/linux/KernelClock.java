package dev.tiu.linux;

/** The kernel's clock, as adjtimex(2) tells it: {@code struct timex} of linux/timex.h. */
public final class KernelClock {
  private static final int SIZE = 208;
  private static final int STATUS = 40;
  private static final int STA_UNSYNC = 0x40;

  private KernelClock() {}

  /** Whether something that knows the time sets it, as an NTP client does. */
  public static boolean isSynchronized() throws LinuxException {
    Scratch scratch = Scratch.get();
    for (int i = 0; i < SIZE; i += Long.BYTES) {
      // Modes of 0 ask, and change nothing.
      scratch.buffer.putLong(Scratch.STRUCT + i, 0);
    }
    long unused =
        Calls.check(
            LibC.adjtimex(scratch.address(Scratch.STRUCT)),
            "adjtimex",
            Label.of("the clock"),
            BytePath.ROOT);
    return (scratch.buffer.getInt(Scratch.STRUCT + STATUS) & STA_UNSYNC) == 0;
  }
}

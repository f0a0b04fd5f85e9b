package dev.tiu;

import java.util.List;

/** Before a program's own arguments, has its Nth call of a kind go wrong, in whichever thread. */
final class Strace {
  private Strace() {}

  /** SIGKILL as it enters the call. */
  static List<String> killing(String call, int when) {
    return injecting(call, "signal=SIGKILL", when);
  }

  /** The disk is full for that call. */
  static List<String> withoutRoom(String call, int when) {
    return injecting(call, "error=ENOSPC", when);
  }

  private static List<String> injecting(String call, String what, int when) {
    return List.of(
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        "trace=" + call,
        "-e",
        "inject=%s:%s:when=%d".formatted(call, what, when));
  }
}

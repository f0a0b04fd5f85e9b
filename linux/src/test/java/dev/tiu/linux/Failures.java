package dev.tiu.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts that a system call fails as it should. */
final class Failures {
  private Failures() {}

  static LinuxException assertFails(Errno errno, ThrowingCallable call) {
    LinuxException e = catchThrowableOfType(LinuxException.class, call);
    assertThat(e).as("should have failed with %s", errno).isNotNull();
    assertThat(e.errno()).as(e.getMessage()).isEqualTo(errno);
    return e;
  }
}

package dev.tiu.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LinuxExceptionTest {
  @Test
  void message_has_call_path_name_and_meaning() {
    LinuxException e = new LinuxException(Errno.ENOENT, "openat2", "etc/passwd");
    assertThat(e).hasMessage("openat2 etc/passwd: ENOENT (No such file or directory)");
    assertThat(e.number()).isEqualTo(2);
    assertThat(new LinuxException(Errno.EFBIG, "read", "x", "limit 5 bytes"))
        .hasMessage("read x: EFBIG (File too large): limit 5 bytes");
  }

  @Test
  void unknown_number_is_shown_as_number() {
    LinuxException e = LinuxException.ofNumber(524, "fsync", "x");
    assertThat(e.errno()).isEqualTo(Errno.UNKNOWN);
    assertThat(e.number()).isEqualTo(524);
    assertThat(e).hasMessage("fsync x: error 524 (Unknown error)");
  }

  @Test
  void every_errno_is_found_by_its_number() {
    for (Errno errno : Errno.values()) {
      assertThat(Errno.of(errno.number())).isEqualTo(errno);
    }
    assertThat(Errno.of(-1)).isEqualTo(Errno.UNKNOWN);
    assertThat(Errno.of(41)).as("a gap in the list").isEqualTo(Errno.UNKNOWN);
    assertThat(Errno.of(133)).isEqualTo(Errno.EHWPOISON);
    assertThat(Errno.of(134)).isEqualTo(Errno.UNKNOWN);
  }
}

package dev.tiu.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MachineTest {
  @Test
  void architecture_is_named_as_uname_does() throws Exception {
    String expected = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch64";
    assertThat(Machine.architecture()).isEqualTo(expected);
  }
}

package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import org.junit.jupiter.api.Test;

final class SystemdReloadTest {
  @Test
  void units_and_what_generators_read_need_it() {
    assertThat(
            new String[] {
              "systemd/system/a.service", "systemd/system/x.wants/a.service", "fstab", "crypttab"
            })
        .allMatch(path -> SystemdReload.isFor(BytePath.of(path)));
  }

  @Test
  void other_files_dont() {
    assertThat(new String[] {"hosts", "fstab.tiu-new", "ssh/sshd_config"})
        .noneMatch(path -> SystemdReload.isFor(BytePath.of(path)));
  }
}

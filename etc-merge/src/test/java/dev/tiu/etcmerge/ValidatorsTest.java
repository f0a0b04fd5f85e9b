package dev.tiu.etcmerge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ValidatorsTest {
  /** {@code VALIDATOR LAST-ARGUMENT: PATHS}. */
  private static List<String> checks(String... changed) {
    List<BytePath> paths = Stream.of(changed).map(BytePath::of).toList();
    return Validators.checks(paths).stream()
        .map(
            check ->
                "%s %s: %s"
                    .formatted(
                        check.validator(),
                        check.argv().get(check.argv().size() - 1),
                        check.paths()))
        .toList();
  }

  @Test
  void each_path_is_judged_by_who_knows_it() {
    assertThat(checks("sudoers.d/a", "sudoers", "hosts", "ssh/sshd_config.d/x.conf", "ssh/moduli"))
        .containsExactly(
            "visudo -c: [sudoers, sudoers.d/a]", "sshd /usr/sbin/sshd: [ssh/sshd_config.d/x.conf]");
    assertThat(checks("shadow", "gshadow", "group", "passwd"))
        .containsExactly("pwck -q: [passwd, shadow]", "grpck -r: [group, gshadow]");
    assertThat(checks("hosts", "sudoers2", "passwd-")).isEmpty();
  }

  @Test
  void directory_stands_for_what_is_in_it() {
    assertThat(checks("ssh", "sudoers.d"))
        .containsExactly("visudo -c: [sudoers.d]", "sshd /usr/sbin/sshd: [ssh]");
    assertThat(checks("")).isEmpty();
  }

  @Test
  void unit_is_judged_with_its_drop_ins() {
    assertThat(
            checks(
                "systemd/system/a.service",
                "systemd/system/a.service.d/x.conf",
                "systemd/system/b@.timer.d",
                "systemd/system/-.mount"))
        .containsExactly(
            "systemd-analyze -.mount: [systemd/system/-.mount]",
            "systemd-analyze a.service: "
                + "[systemd/system/a.service, systemd/system/a.service.d/x.conf]",
            "systemd-analyze b@.timer: [systemd/system/b@.timer.d]");
  }

  @Test
  void what_is_no_units_own_is_not_judged() {
    assertThat(
            checks(
                "systemd/system",
                "systemd/system/multi-user.target.wants/a.service",
                "systemd/system/service.d/x.conf",
                "systemd/system/foo-.service.d/x.conf",
                "systemd/system/a.service.tiu-new",
                "systemd/system.conf",
                "systemd/user/a.service"))
        .isEmpty();
    BytePath notUtf8 =
        BytePath.of("systemd/system").resolve(BytePath.ofBytes(new byte[] {'a', -1, '.', 'd'}));
    assertThat(Validators.checks(List.of(notUtf8))).isEmpty();
  }
}

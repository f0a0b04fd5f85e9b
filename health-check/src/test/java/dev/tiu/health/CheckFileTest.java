package dev.tiu.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiu.health.probe.CommandProbe;
import dev.tiu.health.probe.DiskFreeProbe;
import dev.tiu.health.probe.FailedUnitsProbe;
import dev.tiu.health.probe.HttpProbe;
import dev.tiu.health.probe.MountProbe;
import dev.tiu.health.probe.Probe;
import dev.tiu.health.probe.Systemctl;
import dev.tiu.health.probe.TcpProbe;
import dev.tiu.health.probe.UnitProbe;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same values as in TOML, written as JSON with single quotes. */
final class CheckFileTest {
  private static final CheckFile FILES = new CheckFile(new Systemctl("own"), Path.of("/"));

  private static Check read(String json) throws Exception {
    return FILES.read("it", new ObjectMapper().readTree(json.replace("'", "\"")));
  }

  @Test
  void file_says_what_is_looked_at_how_much_it_counts_and_for_how_long() throws Exception {
    Check check =
        read(
            "{'kind': 'http', 'url': 'http://localhost:80/', 'importance': 'wanted',"
                + " 'timeout': '30s', 'tries': 3, 'pause': '1m', 'settle': 20}");
    assertThat(check.name()).isEqualTo("it");
    assertThat(check.importance()).isEqualTo(Importance.WANTED);
    assertThat(check.patience())
        .isEqualTo(
            new Patience(Duration.ofSeconds(30), 3, Duration.ofMinutes(1), Duration.ofSeconds(20)));
    assertThat(check.probe()).isInstanceOf(HttpProbe.class);
  }

  @Test
  void what_is_not_said_is_usual() throws Exception {
    Check check = read("{'kind': 'time-synced'}");
    assertThat(check.importance()).isEqualTo(Importance.REQUIRED);
    assertThat(check.patience()).isEqualTo(Patience.USUAL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'unit', 'unit': 'nginx'               | nginx.service",
        "'unit', 'unit': 'ssh.socket'          | ssh.socket",
        "'unit', 'unit': 'org.app'             | org.app.service",
        "'target', 'target': 'app'             | app.target",
        "'target', 'target': 'app.target'      | app.target"
      })
  void units_are_named_as_systemctl_takes_them(String settings, String unit) throws Exception {
    assertThat(read("{'kind': " + settings.strip() + "}").probe())
        .isInstanceOfSatisfying(
            UnitProbe.class, probe -> assertThat(probe.unit()).isEqualTo(unit.strip()));
  }

  @Test
  void each_kind_has_a_probe() throws Exception {
    for (String settings :
        new String[] {
          "'no-failed-units', 'except': ['noisy-*.service']",
          "'mount', 'path': '/data', 'type': 'ext4', 'writable': true",
          "'disk-free', 'path': '/var', 'bytes': '200M', 'percent': 5",
          "'tcp', 'host': 'localhost', 'port': 22",
          "'ping-gateway'",
          "'process', 'name': 'app'",
          "'command', 'command': ['/bin/true', 'x']",
          "'battery-or-ac', 'percent': 30",
          "'temperature', 'celsius': 80"
        }) {
      Probe probe = read("{'kind': " + settings + "}").probe();
      assertThat(probe.getClass().getPackageName()).isEqualTo("dev.tiu.health.probe");
    }
    assertThat(read("{'kind': 'disk-free', 'path': '/var/', 'bytes': '2G'}").probe())
        .isEqualTo(new DiskFreeProbe(Path.of("/var"), 2_000_000_000L, 0));
    assertThat(read("{'kind': 'no-failed-units'}").probe()).isInstanceOf(FailedUnitsProbe.class);
    assertThat(read("{'kind': 'mount', 'path': '/data'}").probe())
        .isInstanceOfSatisfying(
            MountProbe.class,
            probe -> assertThat(probe.writing()).isEqualTo(MountProbe.Writing.NOT_NEEDED));
    assertThat(read("{'kind': 'tcp', 'host': 'h', 'port': 22}").probe())
        .isEqualTo(new TcpProbe("h", 22));
    assertThat(read("{'kind': 'command', 'command': ['/bin/x', '-y']}").probe())
        .isEqualTo(CommandProbe.of(java.util.List.of("/bin/x", "-y")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}                                                        | it has no kind",
        "{'kind': 'weather'}                                       | kind: 'weather' is none",
        "{'kind': 'unit'}                                          | it has no unit",
        "{'kind': 'unit', 'unit': '-H'}                            | '-H' is no name of a unit",
        "{'kind': 'unit', 'unit': 'a', 'unti': 'b'}                | it has no meaning for unti",
        "{'kind': 'tcp', 'host': 'h', 'port': 70000}               | port must be a number",
        "{'kind': 'tcp', 'host': 'h', 'port': '22'}                | port must be a number",
        "{'kind': 'tcp', 'host': 'h'}                              | it has no port",
        "{'kind': 'http', 'url': 'file:///etc/passwd'}             | is no address of the web",
        "{'kind': 'http', 'url': 'http:// x'}                      | Illegal character",
        "{'kind': 'mount', 'path': 'data'}                         | doesn't begin with a slash",
        "{'kind': 'mount', 'path': '/d', 'writable': 'yes'}        | must be true or false",
        "{'kind': 'disk-free', 'path': '/'}                        | needs bytes or percent",
        "{'kind': 'disk-free', 'path': '/', 'bytes': '5X'}         | '5X' is no size",
        "{'kind': 'disk-free', 'path': '/', 'bytes': '999999999999T'} | long overflow",
        "{'kind': 'command', 'command': 'reboot'}                  | must be a list of texts",
        "{'kind': 'command', 'command': ['reboot']}                | its program by its path",
        "{'kind': 'command', 'command': []}                        | its program by its path",
        "{'kind': 'time-synced', 'importance': 'vital'}            | neither required nor wanted",
        "{'kind': 'time-synced', 'timeout': '0'}                   | at least a second",
        "{'kind': 'time-synced', 'timeout': 'long'}                | 'long' is no time",
        "{'kind': 'time-synced', 'settle': '2h'}                   | at most an hour",
        "{'kind': 'time-synced', 'tries': 0}                       | tries must be a number",
        "[1]                                                       | it has no kind"
      })
  void what_makes_no_sense_is_said(String sample) {
    String[] parts = sample.split("\\|", -1);
    assertThatThrownBy(() -> read(parts[0]))
        .isInstanceOfAny(IllegalArgumentException.class, ArithmeticException.class)
        .hasMessageContaining(parts[1].strip());
  }
}

package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked for besides the image: names, keys, a network. */
final class SetupTest {
  private static final String KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me@home";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"kiosk", "K9", "a-b.example.org", "1"})
  void host_names_are_labels(String name) {
    assertThat(new HostName(name).text()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", "a-", "a..b", "a_b", "a b", "ü", "a\n", "a."})
  void other_host_names_are_refused(String name) {
    assertThatThrownBy(() -> new HostName(name)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HostName("a".repeat(65)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bob", "0bob", "-bob", "bob:x", "b\nb", "../b"})
  void user_names_that_useradd_may_refuse_are_refused(String name) {
    assertThatThrownBy(() -> new UserName(name)).isInstanceOf(IllegalArgumentException.class);
  }

  private AuthorizedKeys keys(String content) throws IOException {
    return AuthorizedKeys.read(Files.writeString(directory.resolve("keys"), content));
  }

  @Test
  void keys_are_lines_with_a_type_and_perhaps_options() throws Exception {
    String withOptions = "from=\"10.0.0.0/8\",no-pty ssh-rsa AAAAB3NzaC1yc2E=";
    assertThat(keys("# mine\n\n" + KEY + "\n" + withOptions + "\n").lines())
        .containsExactly(KEY, withOptions);
  }

  @Test
  void private_key_is_refused() {
    assertThatThrownBy(() -> keys("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNza\n"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("ends in .pub");
    assertThatThrownBy(() -> keys("# none\n"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("no key");
  }

  @Test
  void keys_are_added_to_those_of_the_image() throws Exception {
    Path home = Files.createDirectory(directory.resolve("home"));
    Files.createDirectory(home.resolve(".ssh"));
    Files.writeString(home.resolve(".ssh/authorized_keys"), "ssh-rsa AAAAold\n" + KEY + "\n");
    try (Dir dir = Dir.open(home)) {
      keys(KEY).addTo(dir, uid(home), uid(home));
    }
    assertThat(home.resolve(".ssh/authorized_keys")).hasContent("ssh-rsa AAAAold\n" + KEY);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(home.resolve(".ssh/authorized_keys"))))
        .isEqualTo("rw-------");
  }

  private static int uid(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:uid");
  }

  /** The example of IEEE 802.11-2020, annex J.4.2. */
  @Test
  void key_of_a_network_comes_of_passphrase_and_name() {
    assertThat(WifiNetwork.of("IEEE", "password").key())
        .isEqualTo("f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e");
    String key = "0".repeat(64);
    assertThat(WifiNetwork.of("x", key).key()).isEqualTo(key);
  }

  @Test
  void network_names_are_written_so_that_no_character_means_anything() {
    WifiNetwork network = WifiNetwork.of("a;b ü\n", "password");
    assertThat(network.networkManager())
        .contains("\nssid=97;59;98;32;195;188;10;\n", "\nid=a_b___\n")
        .doesNotContain("password");
    assertThat(network.wpaSupplicant()).contains("ssid=613b6220c3bc0a\n");
    assertThat(network.fileName()).isEqualTo("a_b___");
    assertThat(WifiNetwork.of("my home", "password").networkManager())
        .contains("\nssid=my home\n", "\nkey-mgmt=wpa-psk\n");
    assertThat(WifiNetwork.of("../x", "password").fileName()).isEqualTo(".._x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1234567", "pässwörter", "with\u0000zero"})
  void passphrases_that_wpa_does_not_know_are_refused(String passphrase) {
    assertThatThrownBy(() -> WifiNetwork.of("x", passphrase))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> WifiNetwork.of("x".repeat(33), "password"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

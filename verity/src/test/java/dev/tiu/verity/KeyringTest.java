package dev.tiu.verity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tiu.verity.TestCertificate.Request;
import dev.tiu.verity.TrustException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyringTest {
  @TempDir Path dir;

  private TrustException refusal(Path path) {
    return catchThrowableOfType(TrustException.class, () -> Keyring.load(path));
  }

  @Test
  void directory_is_read_file_by_file() throws Exception {
    TestCertificate first = Request.authority("First").selfSigned();
    TestCertificate second = Request.authority("Second").selfSigned();
    TestCertificate middle = Request.authority("Middle").issuedBy(first);
    Files.writeString(dir.resolve("a.pem"), "First, of 2026\n" + first.pem() + middle.pem());
    Files.writeString(dir.resolve("b.crt"), second.pem());
    Files.writeString(dir.resolve("README"), "Not a certificate.");
    Files.writeString(dir.resolve(".hidden.pem"), "Not one either.");

    Keyring keyring = Keyring.load(dir);

    assertThat(keyring.anchors()).containsExactly(first.certificate(), second.certificate());
    assertThat(keyring.intermediates()).containsExactly(middle.certificate());
    assertThat(keyring).hasToString(dir.toString());
  }

  @Test
  void missing_keyring_says_what_to_do() {
    TrustException e = refusal(dir.resolve("nowhere"));

    assertThat(e.reason()).isEqualTo(Reason.BAD_KEYRING);
    assertThat(e).hasMessageContainingAll("nowhere", "put the certificates");
  }

  @Test
  void keyring_without_an_anchor_is_refused() throws Exception {
    TestCertificate root = Request.authority("Root").selfSigned();
    Path file = dir.resolve("ring.pem");
    Files.writeString(file, Request.authority("Middle").issuedBy(root).pem());

    assertThat(refusal(Files.createDirectory(dir.resolve("empty"))).reason())
        .isEqualTo(Reason.BAD_KEYRING);
    assertThat(refusal(file)).hasMessageContainingAll("ring.pem", "no self-signed CA");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no PEM here\n",
        "-----BEGIN CERTIFICATE-----\nMIIB\n",
        "-----BEGIN CERTIFICATE-----\nM%%B\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n",
        "-----BEGIN CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        "-----BEGIN TRUSTED CERTIFICATE-----\nMIIB\n-----END TRUSTED CERTIFICATE-----\n"
      })
  void malformed_file_is_named(String content) throws Exception {
    Files.writeString(dir.resolve("a.pem"), Request.authority("Root").selfSigned().pem());
    Path bad = Files.writeString(dir.resolve("bad.pem"), content);

    assertThat(refusal(dir)).hasMessageContaining(bad.toString());
  }

  @Test
  void private_key_in_a_keyring_is_refused() throws Exception {
    TestCertificate root = Request.authority("Root").selfSigned();
    Path file = dir.resolve("ring.pem");
    Files.writeString(file, root.pem() + root.keyPem());

    assertThat(refusal(file)).hasMessageContainingAll("ring.pem, line", "private keys");
  }

  @Test
  void truncated_certificate_at_any_byte_is_a_trust_exception() throws Exception {
    TestCertificate root = Request.authority("Root").selfSigned();
    byte[] der = root.certificate().getEncoded();
    for (int length = 0; length < der.length; length += 7) {
      Path file = dir.resolve("cut.pem");
      Files.writeString(file, root.pem() + Pem.format("CERTIFICATE", Arrays.copyOf(der, length)));

      assertThat(refusal(file)).as("%d bytes", length).hasMessageContaining("cut.pem, line");
    }
  }
}

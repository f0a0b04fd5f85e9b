package dev.tiu.verity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tiu.verity.TestCertificate.KeyType;
import dev.tiu.verity.TestCertificate.Request;
import dev.tiu.verity.TrustException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in the forms that openssl writes. */
final class SignerIT {
  @TempDir Path dir;

  private TestCertificate authority;

  @BeforeEach
  void authority() throws Exception {
    authority = Request.authority("CA").selfSigned();
  }

  private void write(KeyType type) throws Exception {
    TestCertificate certificate = Request.signer("Signer").key(type).issuedBy(authority);
    Files.writeString(dir.resolve("key"), certificate.keyPem());
    Files.writeString(dir.resolve("crt"), certificate.pem());
  }

  private Signer load(String key, Optional<char[]> passphrase) throws Exception {
    return Signer.load(dir.resolve(key), dir.resolve("crt"), List.of(), passphrase);
  }

  private TrustException refusal(String key, Optional<char[]> passphrase) {
    return catchThrowableOfType(TrustException.class, () -> load(key, passphrase));
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void pkcs8_is_loaded(KeyType type) throws Exception {
    write(type);
    Tools.run(dir, "openssl", "pkcs8", "-topk8", "-nocrypt", "-in", "key", "-out", "converted");

    assertThat(load("converted", Optional.empty())).hasToString("CN=Signer");
  }

  @ParameterizedTest
  @CsvSource({"P256, ec", "P384, ec", "RSA, rsa"})
  void traditional_form_is_loaded(KeyType type, String command) throws Exception {
    write(type);
    Tools.run(dir, "openssl", "pkey", "-traditional", "-in", "key", "-out", "converted");

    assertThat(Files.readString(dir.resolve("converted")))
        .contains(command.toUpperCase(Locale.ROOT) + " PRIVATE KEY");
    assertThat(load("converted", Optional.empty())).hasToString("CN=Signer");
  }

  @Test
  void key_file_that_starts_with_its_curve_is_loaded() throws Exception {
    Tools.run(dir, "openssl", "ecparam", "-genkey", "-name", "prime256v1", "-out", "key");
    Tools.run(
        dir, "openssl", "req", "-x509", "-new", "-key", "key", "-subj", "/CN=x", "-out", "crt");

    assertThat(Files.readString(dir.resolve("key"))).startsWith("-----BEGIN EC PARAMETERS");
    assertThat(load("key", Optional.empty())).hasToString("CN=x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aes-256-cbc -v2prf hmacWithSHA256",
        "aes-128-cbc -v2prf hmacWithSHA512",
        "aes-192-cbc -v2prf hmacWithSHA1"
      })
  void encrypted_pkcs8_is_loaded_with_its_passphrase(String how) throws Exception {
    write(KeyType.P256);
    String passphrase = "pässwörd";
    String command =
        "openssl pkcs8 -topk8 -in key -out converted -passout pass:" + passphrase + " -v2 " + how;
    Tools.run(dir, command.split(" ", -1));

    assertThat(load("converted", Optional.of(passphrase.toCharArray()))).hasToString("CN=Signer");
    assertThat(refusal("converted", Optional.empty())).hasMessageContaining("give its passphrase");
    assertThat(refusal("converted", Optional.of("password".toCharArray())).reason())
        .isIn(Reason.BAD_KEY, Reason.MALFORMED);
  }

  @Test
  void other_encryptions_say_how_to_convert() throws Exception {
    write(KeyType.P256);
    Tools.run(
        dir,
        "openssl",
        "pkcs8",
        "-topk8",
        "-scrypt",
        "-in",
        "key",
        "-out",
        "scrypt",
        "-passout",
        "pass:x");
    Tools.run(
        dir,
        "openssl",
        "pkey",
        "-traditional",
        "-aes256",
        "-in",
        "key",
        "-out",
        "old",
        "-passout",
        "pass:x");

    Optional<char[]> passphrase = Optional.of(new char[] {'x'});
    assertThat(refusal("scrypt", passphrase))
        .hasMessageContainingAll("scrypt", "openssl pkcs8 -topk8");
    assertThat(refusal("old", passphrase)).hasMessageContainingAll("old", "openssl pkcs8 -topk8");
  }

  @Test
  void key_of_another_certificate_is_refused() throws Exception {
    for (KeyType other : List.of(KeyType.P256, KeyType.P384, KeyType.RSA)) {
      write(other);
      Files.move(dir.resolve("key"), dir.resolve("other"));
      write(KeyType.P256);

      TrustException e = refusal("other", Optional.empty());

      assertThat(e.reason()).isEqualTo(Reason.BAD_KEY);
      assertThat(e).hasMessageContainingAll("other", "not the key of the certificate");
      Files.delete(dir.resolve("other"));
    }
  }

  @Test
  void missing_file_is_named() throws Exception {
    write(KeyType.P256);

    assertThat(refusal("nowhere", Optional.empty())).hasMessageContaining("nowhere: no such file");
  }
}

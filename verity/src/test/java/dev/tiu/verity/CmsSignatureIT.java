package dev.tiu.verity;

import static dev.tiu.verity.TestCertificate.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.verity.TestCertificate.KeyType;
import dev.tiu.verity.TestCertificate.Request;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Ours and openssl's signatures, each verified by the other.
 *
 * <p>OpenSSL 3.0 knows no purpose {@code codesign} yet, so it verifies with {@code -purpose any};
 * and it neither signs nor verifies CMS with Ed25519, which has no default digest there.
 */
final class CmsSignatureIT {
  private static final byte[] CONTENT = "some content,\r\nin \0 bytes\n".getBytes(UTF_8);

  @TempDir Path dir;

  private TrustFixture fixture;
  private TestCertificate authority;

  @BeforeEach
  void authority() throws Exception {
    fixture = new TrustFixture(dir);
    authority = Request.authority("CA").key(KeyType.P384).selfSigned();
    Files.writeString(dir.resolve("ca.crt"), authority.pem());
    Files.write(dir.resolve("content"), CONTENT);
  }

  private TestCertificate write(KeyType type, String name) throws Exception {
    TestCertificate certificate = Request.signer(name).key(type).issuedBy(authority);
    Files.writeString(dir.resolve(name + ".key"), certificate.keyPem());
    Files.writeString(dir.resolve(name + ".crt"), certificate.pem());
    return certificate;
  }

  private Tools.Result opensslVerifies(byte[] cms) throws Exception {
    Files.write(dir.resolve("ours.cms"), cms);
    String command =
        "openssl cms -verify -binary -inform DER -in ours.cms -CAfile ca.crt -purpose any"
            + " -out verified -attime "
            + NOW.getEpochSecond();
    return Tools.attempt(dir, command.split(" ", -1));
  }

  @ParameterizedTest
  @CsvSource({"P256, PSS", "P384, PSS", "RSA, PSS", "RSA, PKCS1"})
  void openssl_verifies_what_we_sign(KeyType type, RsaPadding padding) throws Exception {
    Signer signer = fixture.signer(write(type, "signer")).withRsaPadding(padding);

    byte[] cms = CmsSignature.sign(CONTENT, List.of(signer), NOW);

    Tools.Result result = opensslVerifies(cms);
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(dir.resolve("verified")).hasBinaryContent(CONTENT);
  }

  @Test
  void openssl_verifies_several_signers() throws Exception {
    Signer first = fixture.signer(write(KeyType.P256, "first"));
    Signer second = fixture.signer(write(KeyType.RSA, "second"));

    byte[] cms = CmsSignature.sign(CONTENT, List.of(first, second), NOW);

    assertThat(opensslVerifies(cms).exitCode()).isZero();
  }

  @Test
  void openssl_refuses_ours_when_changed_so_the_comparison_means_something() throws Exception {
    byte[] cms =
        CmsSignature.sign(CONTENT, List.of(fixture.signer(write(KeyType.P256, "signer"))), NOW);
    int at = new String(cms, StandardCharsets.ISO_8859_1).indexOf("some content");
    cms[at] ^= 1;

    assertThat(opensslVerifies(cms).exitCode()).isNotZero();
  }

  @ParameterizedTest
  @CsvSource({
    "P256, '', ECDSA with SHA-256",
    "P256, -keyid, ECDSA with SHA-256",
    "P384, -md sha384, ECDSA with SHA-384",
    "RSA, '', RSA PKCS#1 with SHA-256",
    "RSA, -md sha512, RSA PKCS#1 with SHA-512",
    "RSA, -keyopt rsa_padding_mode:pss, RSA-PSS with SHA-256"
  })
  void we_verify_what_openssl_signs(KeyType type, String options, String algorithm)
      throws Exception {
    write(type, "signer");
    String command =
        // With -keyid the signer is named by its subject key identifier.
        "openssl cms -sign -nodetach -binary -outform DER -in content -out theirs.cms"
            + " -signer signer.crt -inkey signer.key "
            + options;
    Tools.run(dir, command.strip().split(" ", -1));

    SignedContent verified =
        CmsSignature.verify(
            Files.readAllBytes(dir.resolve("theirs.cms")), fixture.keyring(authority.pem()), NOW);

    assertThat(verified.content()).isEqualTo(CONTENT);
    assertThat(verified.signers()).extracting(SignerIdentity::algorithm).containsExactly(algorithm);
  }

  @Test
  void ber_is_refused_with_the_option_that_made_it() throws Exception {
    write(KeyType.P256, "signer");
    String command =
        "openssl cms -sign -stream -nodetach -binary -outform DER -in content -out theirs.cms"
            + " -signer signer.crt -inkey signer.key";
    Tools.run(dir, command.split(" ", -1));
    byte[] ber = Files.readAllBytes(dir.resolve("theirs.cms"));
    Keyring keyring = fixture.keyring(authority.pem());

    assertThatThrownBy(() -> CmsSignature.verify(ber, keyring, NOW))
        .isInstanceOf(TrustException.class)
        .hasMessageContainingAll("isn't DER", "-stream");
  }

  @Test
  void both_verify_two_signers_that_openssl_added_one_after_the_other() throws Exception {
    write(KeyType.P256, "first");
    write(KeyType.RSA, "second");
    Tools.run(
        dir,
        ("openssl cms -sign -nodetach -binary -outform DER -in content -out one.cms"
                + " -signer first.crt -inkey first.key")
            .split(" ", -1));
    Tools.run(
        dir,
        ("openssl cms -resign -nodetach -binary -inform DER -outform DER -in one.cms -out two.cms"
                + " -signer second.crt -inkey second.key")
            .split(" ", -1));

    byte[] cms = Files.readAllBytes(dir.resolve("two.cms"));

    assertThat(CmsSignature.verify(cms, fixture.keyring(authority.pem()), NOW).signers())
        .hasSize(2);
    assertThat(opensslVerifies(cms).exitCode()).isZero();
  }
}

package dev.tiu.verity;

import static dev.tiu.verity.TestCertificate.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tiu.verity.TestCertificate.Request;
import dev.tiu.verity.TrustException.Reason;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PathValidatorTest {
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir Path dir;

  private TrustFixture fixture;
  private TestCertificate root;

  @BeforeEach
  void root() throws Exception {
    fixture = new TrustFixture(dir);
    root = Request.authority("Root").selfSigned();
  }

  private TrustException refusal(
      String keyring, TestCertificate signer, TestCertificate... intermediates) {
    return catchThrowableOfType(
        TrustException.class, () -> validate(keyring, signer, intermediates));
  }

  private void validate(String keyring, TestCertificate signer, TestCertificate... intermediates)
      throws Exception {
    List<X509Certificate> offered = new ArrayList<>();
    for (TestCertificate intermediate : intermediates) {
      offered.add(intermediate.certificate());
    }
    new PathValidator(fixture.keyring(keyring), NOW).validate(signer.certificate(), offered);
  }

  @Test
  void expired_signer_is_refused() throws Exception {
    TestCertificate signer =
        Request.signer("S").validity(NOW.minus(DAY), NOW.minusSeconds(1)).issuedBy(root);

    assertThat(refusal(root.pem(), signer).reason()).isEqualTo(Reason.EXPIRED);
  }

  @Test
  void signer_that_is_not_yet_valid_is_refused() throws Exception {
    TestCertificate signer =
        Request.signer("S").validity(NOW.plusSeconds(1), NOW.plus(DAY)).issuedBy(root);

    TrustException e = refusal(root.pem(), signer);

    assertThat(e.reason()).isEqualTo(Reason.NOT_YET_VALID);
    assertThat(e).hasMessageContainingAll("CN=S", "2026-11-20T12:00:01Z");
  }

  @Test
  void expired_trust_anchor_is_refused() throws Exception {
    TestCertificate old =
        Request.authority("Old").validity(NOW.minus(DAY), NOW.minusSeconds(1)).selfSigned();

    TrustException e = refusal(old.pem(), Request.signer("S").issuedBy(old));

    assertThat(e.reason()).isEqualTo(Reason.EXPIRED);
    assertThat(e).hasMessageContaining("CN=Old");
  }

  @Test
  void expired_intermediate_is_refused() throws Exception {
    TestCertificate middle =
        Request.authority("Middle").validity(NOW.minus(DAY), NOW.minusSeconds(1)).issuedBy(root);

    assertThat(refusal(root.pem(), Request.signer("S").issuedBy(middle), middle))
        .hasMessageContaining("CN=Middle")
        .extracting(TrustException::reason)
        .isEqualTo(Reason.EXPIRED);
  }

  @Test
  void signer_without_digital_signature_is_refused() throws Exception {
    assertThat(
            refusal(
                root.pem(), Request.signer("S").keyUsage(KeyUsage.keyEncipherment).issuedBy(root)))
        .hasMessageContainingAll("CN=S", "digitalSignature")
        .extracting(TrustException::reason)
        .isEqualTo(Reason.WRONG_USAGE);
    assertThat(refusal(root.pem(), Request.signer("S").noKeyUsage().issuedBy(root)).reason())
        .isEqualTo(Reason.WRONG_USAGE);
  }

  @Test
  void signer_without_code_signing_is_refused() throws Exception {
    assertThat(refusal(root.pem(), Request.signer("S").noExtendedUsage().issuedBy(root)))
        .hasMessageContainingAll("CN=S", "codeSigning")
        .extracting(TrustException::reason)
        .isEqualTo(Reason.WRONG_USAGE);
    for (KeyPurposeId other :
        List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.anyExtendedKeyUsage)) {
      assertThat(
              refusal(root.pem(), Request.signer("S").extendedUsage(other).issuedBy(root)).reason())
          .isEqualTo(Reason.WRONG_USAGE);
    }
  }

  @Test
  void intermediate_that_is_no_authority_is_refused() throws Exception {
    TestCertificate leaf =
        Request.authority("Leaf").constraints(new BasicConstraints(false)).issuedBy(root);
    TestCertificate silent = Request.authority("Silent").noConstraints().issuedBy(root);

    for (TestCertificate issuer : List.of(leaf, silent)) {
      TrustException e = refusal(root.pem(), Request.signer("S").issuedBy(issuer), issuer);
      assertThat(e.reason()).isEqualTo(Reason.WRONG_USAGE);
      assertThat(e).hasMessageContaining("cA is false");
    }
  }

  @Test
  void trust_anchor_that_is_no_authority_is_refused() throws Exception {
    TestCertificate anchor =
        Request.authority("A").constraints(new BasicConstraints(false)).selfSigned();

    assertThat(refusal(anchor.pem(), Request.signer("S").issuedBy(anchor)).reason())
        .isEqualTo(Reason.WRONG_USAGE);
  }

  @Test
  void authority_without_cert_sign_is_refused() throws Exception {
    TestCertificate middle = Request.authority("Middle").keyUsage(KeyUsage.cRLSign).issuedBy(root);

    assertThat(refusal(root.pem(), Request.signer("S").issuedBy(middle), middle))
        .hasMessageContainingAll("CN=Middle", "keyCertSign");
  }

  @Test
  void authority_for_other_uses_is_refused() throws Exception {
    TestCertificate tls =
        Request.authority("TLS").extendedUsage(KeyPurposeId.id_kp_serverAuth).issuedBy(root);
    TestCertificate code =
        Request.authority("Code").extendedUsage(KeyPurposeId.id_kp_codeSigning).issuedBy(root);

    assertThat(refusal(root.pem(), Request.signer("S").issuedBy(tls), tls).reason())
        .isEqualTo(Reason.WRONG_USAGE);
    assertThatCode(() -> validate(root.pem(), Request.signer("S").issuedBy(code), code))
        .doesNotThrowAnyException();
  }

  @Test
  void path_length_of_the_trust_anchor_and_of_intermediates_counts() throws Exception {
    TestCertificate flat =
        Request.authority("Flat").constraints(new BasicConstraints(0)).selfSigned();
    TestCertificate below = Request.authority("Below").issuedBy(flat);
    TestCertificate limited =
        Request.authority("Limited").constraints(new BasicConstraints(0)).issuedBy(root);
    TestCertificate deeper = Request.authority("Deeper").issuedBy(limited);

    assertThat(refusal(flat.pem(), Request.signer("S").issuedBy(below), below)).isNotNull();
    assertThat(refusal(root.pem(), Request.signer("S").issuedBy(deeper), deeper, limited))
        .isNotNull();
    assertThatCode(() -> validate(flat.pem(), Request.signer("S").issuedBy(flat)))
        .doesNotThrowAnyException();
    assertThatCode(() -> validate(root.pem(), Request.signer("S").issuedBy(limited), limited))
        .doesNotThrowAnyException();
  }

  @Test
  void second_path_is_taken_when_the_first_does_not_hold() throws Exception {
    KeyPair shared = TestCertificate.newKeys(TestCertificate.KeyType.P256);
    TestCertificate expired =
        Request.authority("Middle")
            .keys(shared)
            .validity(NOW.minus(DAY), NOW.minusSeconds(1))
            .issuedBy(root);
    TestCertificate renewed = Request.authority("Middle").keys(shared).issuedBy(root);
    TestCertificate signer = Request.signer("S").issuedBy(renewed);

    assertThatCode(() -> validate(root.pem(), signer, expired, renewed)).doesNotThrowAnyException();
  }

  @Test
  void authorities_that_issue_one_another_end_the_search() throws Exception {
    KeyPair keys = TestCertificate.newKeys(TestCertificate.KeyType.P256);
    TestCertificate self = Request.authority("Loop").keys(keys).selfSigned();
    TestCertificate[] circle = new TestCertificate[40];
    for (int i = 0; i < circle.length; i++) {
      circle[i] = Request.authority("Loop").keys(keys).issuedBy(self);
    }

    assertThat(refusal(root.pem(), Request.signer("S").issuedBy(self), circle).reason())
        .isEqualTo(Reason.UNTRUSTED);
  }

  @Test
  void weak_keys_are_refused() throws Exception {
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(1024);
    KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
    ec.initialize(new ECGenParameterSpec("secp521r1"));
    for (KeyPair keys : List.of(rsa.generateKeyPair(), ec.generateKeyPair())) {
      TrustException e = refusal(root.pem(), Request.signer("S").keys(keys).issuedBy(root));
      assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED);
      assertThat(e).hasMessageContaining("isn't accepted");
    }
  }

  @Test
  void control_characters_in_an_untrusted_name_are_not_printed() throws Exception {
    TestCertificate stranger = Request.authority("\u001b[2JAll is well").selfSigned();

    TrustException e = refusal(root.pem(), Request.signer("S").issuedBy(stranger));

    assertThat(e.getMessage()).doesNotContain("\u001b").contains("All is well");
  }
}

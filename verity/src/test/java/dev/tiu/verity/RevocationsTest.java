package dev.tiu.verity;

import static dev.tiu.verity.TestCertificate.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tiu.verity.TestCertificate.Request;
import dev.tiu.verity.TrustException.Reason;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Root issued Middle, which issued Signer. */
final class RevocationsTest {
  private static final Instant YESTERDAY = NOW.minus(Duration.ofDays(1));
  private static final Instant TOMORROW = NOW.plus(Duration.ofDays(1));

  @TempDir Path dir;

  private TrustFixture fixture;
  private TestCertificate root;
  private TestCertificate middle;
  private TestCertificate signer;

  @BeforeEach
  void certificates() throws Exception {
    fixture = new TrustFixture(dir);
    root = Request.authority("Root").selfSigned();
    middle = Request.authority("Middle").issuedBy(root);
    signer = Request.signer("Signer").issuedBy(middle);
  }

  private void validate(String... crls) throws Exception {
    List<X509Certificate> offered = List.of(middle.certificate());
    Keyring keyring = fixture.keyring(root.pem() + String.join("", crls));
    new PathValidator(keyring, NOW).validate(signer.certificate(), offered);
  }

  private TrustException refusal(String... crls) {
    return catchThrowableOfType(TrustException.class, () -> validate(crls));
  }

  @Test
  void fresh_lists_that_do_not_name_the_certificates_pass() throws Exception {
    TestCertificate other = Request.signer("Other").issuedBy(middle);
    String ofRoot = root.revocationList(YESTERDAY, TOMORROW);
    String ofMiddle = middle.revocationList(YESTERDAY, TOMORROW, other);

    assertThatCode(() -> validate(ofRoot, ofMiddle)).doesNotThrowAnyException();
  }

  @Test
  void revoked_signer_is_refused() throws Exception {
    TrustException e = refusal(middle.revocationList(YESTERDAY, TOMORROW, signer));

    assertThat(e.reason()).isEqualTo(Reason.REVOKED);
    assertThat(e).hasMessageContainingAll("CN=Signer", "2026-11-19T12:00:00Z");
  }

  @Test
  void revoked_intermediate_is_refused() throws Exception {
    TrustException e = refusal(root.revocationList(YESTERDAY, TOMORROW, middle));

    assertThat(e.reason()).isEqualTo(Reason.REVOKED);
    assertThat(e).hasMessageContaining("CN=Middle");
  }

  @Test
  void expired_list_is_an_error_that_says_so() throws Exception {
    TrustException e = refusal(middle.revocationList(YESTERDAY, NOW.minusSeconds(1)));

    assertThat(e.reason()).isEqualTo(Reason.UNUSABLE_CRL);
    assertThat(e)
        .hasMessageContainingAll(
            "CN=Middle", "expired at 2026-11-20T11:59:59Z", "install a newer one");
  }

  @Test
  void expired_list_still_revokes_and_a_newer_one_replaces_its_freshness() throws Exception {
    String revoking = middle.revocationList(YESTERDAY, NOW.minusSeconds(1), signer);
    String stale = middle.revocationList(YESTERDAY, NOW.minusSeconds(1));
    String fresh = middle.revocationList(NOW.minusSeconds(1), TOMORROW);

    assertThat(refusal(fresh, revoking).reason()).isEqualTo(Reason.REVOKED);
    assertThatCode(() -> validate(stale, fresh)).doesNotThrowAnyException();
  }

  @Test
  void list_from_the_future_is_an_error() throws Exception {
    assertThat(refusal(middle.revocationList(NOW.plusSeconds(1), TOMORROW)).reason())
        .isEqualTo(Reason.UNUSABLE_CRL);
  }

  @Test
  void list_signed_by_someone_else_is_an_error() throws Exception {
    TestCertificate impostor = Request.authority("Middle").selfSigned();

    TrustException e = refusal(impostor.revocationList(YESTERDAY, TOMORROW));

    assertThat(e.reason()).isEqualTo(Reason.UNUSABLE_CRL);
    assertThat(e).hasMessageContaining("isn't signed by it");
  }

  @Test
  void list_of_an_authority_without_crl_sign_is_an_error() throws Exception {
    middle = Request.authority("Middle").keyUsage(KeyUsage.keyCertSign).issuedBy(root);
    signer = Request.signer("Signer").issuedBy(middle);

    TrustException e = refusal(middle.revocationList(YESTERDAY, TOMORROW));

    assertThat(e.reason()).isEqualTo(Reason.WRONG_USAGE);
    assertThat(e).hasMessageContaining("cRLSign");
  }
}

package dev.tiu.verity;

import static dev.tiu.verity.TestCertificate.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tiu.verity.TestCertificate.KeyType;
import dev.tiu.verity.TestCertificate.Request;
import dev.tiu.verity.TrustException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInformationStore;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CmsSignatureTest {
  private static final byte[] CONTENT = "{\"format\": 1}\n".getBytes(UTF_8);

  @TempDir Path dir;

  private TrustFixture fixture;
  private TestCertificate authority;
  private TestCertificate stranger;

  @BeforeEach
  void authorities() throws Exception {
    fixture = new TrustFixture(dir);
    authority = Request.authority("CA").key(KeyType.P384).selfSigned();
    stranger = Request.authority("Stranger").selfSigned();
  }

  private byte[] sign(TestCertificate... signers) throws Exception {
    Signer[] loaded = new Signer[signers.length];
    for (int i = 0; i < signers.length; i++) {
      loaded[i] = fixture.signer(signers[i]);
    }
    return CmsSignature.sign(CONTENT, List.of(loaded), NOW);
  }

  private static byte[] der(CMSSignedData cms) throws IOException {
    return cms.toASN1Structure().getEncoded(ASN1Encoding.DER);
  }

  private TrustException refusal(byte[] cms, Keyring keyring) {
    return catchThrowableOfType(TrustException.class, () -> CmsSignature.verify(cms, keyring, NOW));
  }

  @ParameterizedTest
  @CsvSource({
    "P256, PSS, ECDSA with SHA-256",
    "P384, PSS, ECDSA with SHA-384",
    "RSA, PSS, RSA-PSS with SHA-256",
    "RSA, PKCS1, RSA PKCS#1 with SHA-256",
    "ED25519, PSS, Ed25519 with SHA-512"
  })
  void signed_content_is_verified(KeyType type, RsaPadding padding, String algorithm)
      throws Exception {
    TestCertificate certificate = Request.signer("Signer").key(type).issuedBy(authority);
    Signer signer = fixture.signer(certificate).withRsaPadding(padding);
    Instant signingTime = NOW.minusSeconds(77);

    byte[] cms = CmsSignature.sign(CONTENT, List.of(signer), signingTime);
    SignedContent verified = CmsSignature.verify(cms, fixture.keyring(authority.pem()), NOW);

    assertThat(verified.content()).isEqualTo(CONTENT);
    SignerIdentity identity = verified.signers().get(0);
    assertThat(identity.subject()).isEqualTo("CN=Signer");
    assertThat(identity.issuer()).isEqualTo("CN=CA");
    assertThat(identity.algorithm()).isEqualTo(algorithm);
    assertThat(identity.signingTime()).contains(signingTime);
    assertThat(identity.fingerprint()).hasSize(64);
    assertThat(identity.notAfter()).isEqualTo(certificate.certificate().getNotAfter().toInstant());
  }

  @Test
  void certificate_of_an_unknown_authority_is_refused() throws Exception {
    byte[] cms = sign(Request.signer("Signer").issuedBy(stranger));

    TrustException e = refusal(cms, fixture.keyring(authority.pem()));

    assertThat(e.reason()).isEqualTo(Reason.UNTRUSTED);
    assertThat(e).hasMessageContainingAll("CN=Signer", "its issuer is CN=Stranger", "file");
  }

  @Test
  void authority_with_the_same_name_but_another_key_is_refused() throws Exception {
    TestCertificate impostor = Request.authority("CA").selfSigned();
    byte[] cms = sign(Request.signer("Signer").issuedBy(impostor));

    assertThat(refusal(cms, fixture.keyring(authority.pem())).reason()).isEqualTo(Reason.UNTRUSTED);
  }

  @Test
  void authority_that_comes_with_the_signature_gives_no_trust() throws Exception {
    TestCertificate certificate = Request.signer("Signer").issuedBy(stranger);
    Signer signer = fixture.signer(certificate, stranger);
    byte[] cms = CmsSignature.sign(CONTENT, List.of(signer), NOW);

    assertThat(refusal(cms, fixture.keyring(authority.pem())).reason()).isEqualTo(Reason.UNTRUSTED);
  }

  @Test
  void intermediate_is_found_in_the_signature_or_in_the_keyring() throws Exception {
    TestCertificate intermediate = Request.authority("Intermediate").issuedBy(authority);
    TestCertificate certificate = Request.signer("Signer").issuedBy(intermediate);
    byte[] with =
        CmsSignature.sign(CONTENT, List.of(fixture.signer(certificate, intermediate)), NOW);
    byte[] without = sign(certificate);
    Keyring root = fixture.keyring(authority.pem());
    Keyring both = fixture.keyring(intermediate.pem(), authority.pem());

    assertThat(CmsSignature.verify(with, root, NOW).content()).isEqualTo(CONTENT);
    assertThat(CmsSignature.verify(without, both, NOW).content()).isEqualTo(CONTENT);
    assertThat(refusal(without, root).reason()).isEqualTo(Reason.UNTRUSTED);
  }

  @Test
  void one_trusted_signer_of_several_suffices_and_only_it_is_reported() throws Exception {
    byte[] cms =
        sign(
            Request.signer("Foreign").issuedBy(stranger),
            Request.signer("Signer").key(KeyType.RSA).issuedBy(authority));

    assertThat(CmsSignature.verify(cms, fixture.keyring(authority.pem()), NOW).signers())
        .extracting(SignerIdentity::subject)
        .containsExactly("CN=Signer");
    assertThat(
            CmsSignature.verify(cms, fixture.keyring(authority.pem(), stranger.pem()), NOW)
                .signers())
        .extracting(SignerIdentity::subject)
        .containsExactlyInAnyOrder("CN=Foreign", "CN=Signer");
  }

  @Test
  void one_broken_signature_of_several_spoils_all() throws Exception {
    TestCertificate good = Request.signer("Good").issuedBy(authority);
    TestCertificate bad = Request.signer("Bad").issuedBy(stranger);
    CMSSignedData both = new CMSSignedData(sign(good, bad));
    byte[] other = CmsSignature.sign(new byte[] {1}, List.of(fixture.signer(bad)), NOW);
    CMSSignedData mixed =
        CMSSignedData.replaceSigners(
            both,
            new SignerInformationStore(
                List.of(
                    new CMSSignedData(sign(good)).getSignerInfos().iterator().next(),
                    new CMSSignedData(other).getSignerInfos().iterator().next())));

    TrustException e = refusal(der(mixed), fixture.keyring(authority.pem()));

    assertThat(e.reason()).isEqualTo(Reason.BAD_SIGNATURE);
    assertThat(e).hasMessageContaining("CN=Stranger");
  }

  @Test
  void changed_content_is_refused() throws Exception {
    byte[] cms = sign(Request.signer("Signer").issuedBy(authority));
    int at = new String(cms, StandardCharsets.ISO_8859_1).indexOf("format");
    cms[at] ^= 1;

    TrustException e = refusal(cms, fixture.keyring(authority.pem()));

    assertThat(e.reason()).isEqualTo(Reason.BAD_SIGNATURE);
    assertThat(CmsSignature.insecureContent(cms)).isNotEqualTo(CONTENT).hasSize(CONTENT.length);
  }

  @Test
  void signature_of_other_content_is_refused() throws Exception {
    TestCertificate certificate = Request.signer("Signer").issuedBy(authority);
    byte[] other = "{\"format\": 2}\n".getBytes(UTF_8);
    CMSSignedData donor =
        new CMSSignedData(CmsSignature.sign(other, List.of(fixture.signer(certificate)), NOW));
    CMSSignedData swapped =
        CMSSignedData.replaceSigners(new CMSSignedData(sign(certificate)), donor.getSignerInfos());

    assertThat(refusal(der(swapped), fixture.keyring(authority.pem())).reason())
        .isEqualTo(Reason.BAD_SIGNATURE);
  }

  @Test
  void signature_without_signed_attributes_is_refused() throws Exception {
    TestCertificate certificate = Request.signer("Signer").issuedBy(authority);
    CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
    generator.addSignerInfoGenerator(
        new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
            .setDirectSignature(true)
            .build(
                new JcaContentSignerBuilder("SHA256withECDSA")
                    .build(certificate.keys().getPrivate()),
                certificate.certificate()));
    generator.addCertificate(new JcaX509CertificateHolder(certificate.certificate()));
    byte[] cms = der(generator.generate(new CMSProcessableByteArray(CONTENT), true));

    TrustException e = refusal(cms, fixture.keyring(authority.pem()));

    assertThat(e.reason()).isEqualTo(Reason.BAD_SIGNATURE);
    assertThat(e).hasMessageContaining("without signed attributes");
  }

  @Test
  void sha1_is_refused() throws Exception {
    TestCertificate certificate = Request.signer("Signer").issuedBy(authority);
    CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
    generator.addSignerInfoGenerator(
        new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
            .build(
                new JcaContentSignerBuilder("SHA1withECDSA").build(certificate.keys().getPrivate()),
                certificate.certificate()));
    generator.addCertificate(new JcaX509CertificateHolder(certificate.certificate()));
    byte[] cms = der(generator.generate(new CMSProcessableByteArray(CONTENT), true));

    assertThat(refusal(cms, fixture.keyring(authority.pem())).reason())
        .isEqualTo(Reason.UNSUPPORTED);
  }

  @Test
  void structure_without_signers_is_refused() throws Exception {
    byte[] cms =
        der(new CMSSignedDataGenerator().generate(new CMSProcessableByteArray(CONTENT), true));

    assertThat(refusal(cms, fixture.keyring(authority.pem())))
        .hasMessageContaining("has no signature");
  }

  @Test
  void detached_signature_is_refused() throws Exception {
    byte[] cms = sign(Request.signer("Signer").issuedBy(authority));
    CMSSignedData full = new CMSSignedData(cms);
    CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
    generator.addSigners(full.getSignerInfos());
    generator.addCertificates(full.getCertificates());
    byte[] detached = der(generator.generate(full.getSignedContent(), false));

    assertThat(refusal(detached, fixture.keyring(authority.pem())))
        .hasMessageContaining("doesn't hold its content");
  }

  @Test
  void bytes_after_the_structure_are_refused() throws Exception {
    byte[] cms = sign(Request.signer("Signer").issuedBy(authority));

    assertThat(
            refusal(Arrays.copyOf(cms, cms.length + 1), fixture.keyring(authority.pem())).reason())
        .isEqualTo(Reason.MALFORMED);
  }

  @Test
  void more_than_a_mebibyte_is_refused_unread_and_not_signed() throws Exception {
    byte[] large = new byte[CmsSignature.MAX_SIZE + 1];
    Signer signer = fixture.signer(Request.signer("Signer").issuedBy(authority));

    assertThat(refusal(large, fixture.keyring(authority.pem())))
        .hasMessageContaining("1048577 bytes");
    assertThatThrownBy(() -> CmsSignature.sign(large, List.of(signer), NOW))
        .isInstanceOf(TrustException.class)
        .hasMessageContaining("1048576");
  }

  @Test
  void deep_nesting_is_malformed_and_no_stack_overflow() throws Exception {
    byte[] nested = new byte[CmsSignature.MAX_SIZE];
    for (int i = 0; i < nested.length; i += 2) {
      nested[i] = 0x30;
      nested[i + 1] = (byte) 0x80;
    }

    assertThat(refusal(nested, fixture.keyring(authority.pem())).reason())
        .isEqualTo(Reason.MALFORMED);
  }

  @Test
  void signing_time_gives_an_expired_certificate_no_second_life() throws Exception {
    TestCertificate expired =
        Request.signer("Signer")
            .validity(NOW.minusSeconds(1000), NOW.minusSeconds(500))
            .issuedBy(authority);
    byte[] cms =
        CmsSignature.sign(CONTENT, List.of(fixture.signer(expired)), NOW.minusSeconds(700));

    TrustException e = refusal(cms, fixture.keyring(authority.pem()));

    assertThat(e.reason()).isEqualTo(Reason.EXPIRED);
    assertThat(e).hasMessageContainingAll("CN=Signer", "2026-11-20T11:51:40Z", NOW.toString());
    assertThat(Optional.of(CmsSignature.insecureContent(cms))).contains(CONTENT);
  }
}

package dev.tiu.verity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DevelopmentKeysIT {
  @TempDir Path dir;

  @Test
  void openssl_reads_keys_and_certificates() throws Exception {
    DevelopmentKeys.create(
        dir, Optional.of("pass phrase".toCharArray()), Instant.now(), new SecureRandom());

    assertThat(
            Tools.run(
                dir,
                "openssl",
                "verify",
                "-x509_strict",
                "-CAfile",
                "ca.crt.pem",
                "signer.crt.pem"))
        .contains("signer.crt.pem: OK");
    assertThat(
            Tools.run(
                dir,
                "openssl",
                "pkey",
                "-in",
                "ca.key.pem",
                "-passin",
                "pass:pass phrase",
                "-noout",
                "-text"))
        .contains("secp384r1");
    assertThat(Tools.run(dir, "openssl", "asn1parse", "-in", "signer.key.pem"))
        .contains("PBKDF2", "hmacWithSHA256", "aes-256-cbc");
    assertThat(Tools.run(dir, "openssl", "x509", "-in", "signer.crt.pem", "-noout", "-text"))
        .contains("Digital Signature", "Code Signing", "CA:FALSE");
  }
}

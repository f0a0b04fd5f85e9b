package dev.tiu.verity;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any PEM file is a keyring, or a TrustException that names it. */
final class KeyringFuzzTest {
  @TempDir static Path dir;

  @FuzzTest
  void load(byte[] pem) throws IOException {
    Path file = Files.write(dir.resolve("ring.pem"), pem);
    try {
      assertThat(Keyring.load(file).anchors()).isNotEmpty();
    } catch (TrustException e) {
      assertThat(e).hasMessageContaining("ring.pem");
    }
  }

  /** Straight to the certificate, past base64, as a certificate and as a revocation list. */
  @FuzzTest
  void certificate(byte[] der) throws IOException {
    load(Pem.format("CERTIFICATE", der).getBytes(StandardCharsets.US_ASCII));
    load(Pem.format("X509 CRL", der).getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void seed_is_a_keyring() throws IOException {
    byte[] seed = FuzzSeeds.read(KeyringFuzzTest.class, "load", "chain-and-crl");
    Keyring keyring = Keyring.load(Files.write(dir.resolve("ring.pem"), seed));
    assertThat(keyring.anchors()).hasSize(1);
    assertThat(keyring.intermediates()).hasSize(1);
    assertThat(keyring.crls()).hasSize(1);
  }
}

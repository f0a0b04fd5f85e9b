package dev.tiu.verity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Certificates as the files that keyrings and signers are loaded from. */
final class TrustFixture {
  private final Path dir;
  private final AtomicInteger files = new AtomicInteger();

  TrustFixture(Path dir) {
    this.dir = dir;
  }

  Path file(String content) throws IOException {
    return Files.writeString(dir.resolve("file" + files.incrementAndGet() + ".pem"), content);
  }

  /** A keyring of these PEM texts in one file. */
  Keyring keyring(String... pem) throws IOException {
    return Keyring.load(file(String.join("", pem)));
  }

  Signer signer(TestCertificate certificate, TestCertificate... intermediates) throws Exception {
    List<Path> paths = new ArrayList<>();
    for (TestCertificate intermediate : intermediates) {
      paths.add(file(intermediate.pem()));
    }
    return Signer.load(
        file(certificate.keyPem()), file(certificate.pem()), paths, Optional.empty());
  }
}

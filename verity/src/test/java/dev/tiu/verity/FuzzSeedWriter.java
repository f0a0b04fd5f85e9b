package dev.tiu.verity;

import static dev.tiu.verity.TestCertificate.NOW;

import dev.tiu.verity.TestCertificate.KeyType;
import dev.tiu.verity.TestCertificate.Request;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes the committed seeds anew; runs only when asked for by name ({@code
 * -Dtest=FuzzSeedWriter}), as its name isn't a test's.
 */
final class FuzzSeedWriter {
  @TempDir Path dir;

  @Test
  void superblock() throws Exception {
    Superblock superblock =
        new Superblock(VerityParameters.forSize(4096 * 77, new byte[32]), new UUID(1, 2));
    ByteBuffer out = ByteBuffer.allocate(Superblock.SIZE);
    superblock.writeTo(out);
    FuzzSeeds.write(SuperblockFuzzTest.class, "parse", "salted", out.array());
  }

  @Test
  void keyring() throws Exception {
    TestCertificate root = Request.authority("Root").selfSigned();
    TestCertificate middle = Request.authority("Middle").issuedBy(root);
    String crl = root.revocationList(NOW, NOW.plus(Duration.ofDays(1)), middle);
    String pem = "Comment\n" + root.pem() + middle.pem() + crl;
    FuzzSeeds.write(
        KeyringFuzzTest.class, "load", "chain-and-crl", pem.getBytes(StandardCharsets.US_ASCII));
    FuzzSeeds.write(
        KeyringFuzzTest.class,
        "load",
        "private-key",
        Pem.format("PRIVATE KEY", new byte[] {0x30, 0}).getBytes(StandardCharsets.US_ASCII));
    FuzzSeeds.write(
        KeyringFuzzTest.class, "certificate", "authority", root.certificate().getEncoded());
    FuzzSeeds.write(
        KeyringFuzzTest.class, "certificate", "issued", middle.certificate().getEncoded());
    Path crlFile = Files.writeString(dir.resolve("crl.pem"), crl);
    FuzzSeeds.write(KeyringFuzzTest.class, "certificate", "crl", Pem.read(crlFile).get(0).der());
  }

  /** One of each kind of key, two together, and the keyring that trusts them. */
  @Test
  void signatures() throws Exception {
    TrustFixture fixture = new TrustFixture(dir);
    TestCertificate root = Request.authority("Root").selfSigned();
    TestCertificate middle = Request.authority("Middle").issuedBy(root);
    for (KeyType type : KeyType.values()) {
      Signer signer = fixture.signer(Request.signer("S").key(type).issuedBy(middle), middle);
      writeSigned(type.name().toLowerCase(Locale.ROOT), List.of(signer));
    }
    writeSigned(
        "two",
        List.of(
            fixture.signer(Request.signer("A").issuedBy(middle), middle),
            fixture.signer(Request.signer("B").key(KeyType.ED25519).issuedBy(root))));
    Files.writeString(FuzzSeeds.keyring(), root.pem());
  }

  private static void writeSigned(String name, List<Signer> signers) throws Exception {
    byte[] cms = CmsSignature.sign(CmsSignatureFuzzTest.content(), signers, NOW);
    FuzzSeeds.write(CmsSignatureFuzzTest.class, "verify", name, cms);
  }
}

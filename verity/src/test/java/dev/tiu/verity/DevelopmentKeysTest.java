package dev.tiu.verity;

import static dev.tiu.verity.TestCertificate.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tiu.verity.TrustException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DevelopmentKeysTest {
  @TempDir Path temp;

  private void create(Path dir, Optional<char[]> passphrase) throws IOException {
    DevelopmentKeys.create(dir, passphrase, NOW, new SecureRandom());
  }

  private static Signer signer(Path dir, Optional<char[]> passphrase) throws IOException {
    return Signer.load(
        dir.resolve("signer.key.pem"), dir.resolve("signer.crt.pem"), List.of(), passphrase);
  }

  private static List<String> names(Path dir) throws IOException {
    try (Stream<Path> entries = Files.list(dir)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void what_the_signer_signs_the_authority_vouches_for() throws Exception {
    Path dir = temp.resolve("new/keys");
    create(dir, Optional.empty());

    byte[] cms = CmsSignature.sign(new byte[] {7}, List.of(signer(dir, Optional.empty())), NOW);
    Keyring keyring = Keyring.load(dir.resolve("ca.crt.pem"));

    assertThat(CmsSignature.verify(cms, keyring, NOW).content()).containsExactly(7);
    assertThat(names(dir))
        .containsExactly("ca.crt.pem", "ca.key.pem", "signer.crt.pem", "signer.key.pem");
    for (String key : List.of("ca.key.pem", "signer.key.pem")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(key))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void keys_are_encrypted_with_the_passphrase() throws Exception {
    create(temp, Optional.of("correct horse".toCharArray()));

    assertThat(Files.readString(temp.resolve("ca.key.pem")))
        .startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
    assertThat(signer(temp, Optional.of("correct horse".toCharArray())).toString())
        .startsWith("CN=tiu development signer ");
    assertThat(
            catchThrowableOfType(TrustException.class, () -> signer(temp, Optional.empty()))
                .reason())
        .isEqualTo(Reason.BAD_KEY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca.key.pem", "ca.crt.pem", "signer.key.pem", "signer.crt.pem"})
  void existing_file_is_named_and_nothing_changes(String name) throws Exception {
    Files.writeString(temp.resolve(name), "precious");

    TrustException e =
        catchThrowableOfType(TrustException.class, () -> create(temp, Optional.empty()));

    assertThat(e).hasMessageContaining(temp.resolve(name) + " exists already");
    assertThat(temp.resolve(name)).hasContent("precious");
    assertThat(names(temp)).containsExactly(name);
  }

  @Test
  void dangling_link_counts_as_an_existing_file() throws Exception {
    Files.createSymbolicLink(temp.resolve("ca.crt.pem"), temp.resolve("nowhere"));

    assertThat(catchThrowableOfType(TrustException.class, () -> create(temp, Optional.empty())))
        .hasMessageContaining("exists already");
  }
}

package dev.tiu.verity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.tiu.verity.TrustException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.operator.OperatorCreationException;

/**
 * A certificate authority and a signer of one's own, to begin with: four PEM files.
 *
 * <p>{@code ca.key.pem} and {@code signer.key.pem} are PKCS#8, encrypted when there is a passphrase
 * (AES-256, PBKDF2), and only their owner can ever read them; {@code ca.crt.pem} is what devices
 * get as keyring; {@code signer.crt.pem} goes into every signature.
 */
public final class DevelopmentKeys {
  private static final String PRIVATE = "rw-------";
  private static final String PUBLIC = "rw-r--r--";

  private DevelopmentKeys() {}

  /**
   * Creates the four files in {@code dir}, which is created when missing. Either all of them are
   * there afterwards or none is.
   *
   * @throws TrustException if one of them exists already; its message names it, and nothing changes
   */
  public static void create(Path dir, Optional<char[]> passphrase, Instant now, SecureRandom random)
      throws IOException {
    for (String name : List.of("ca.key.pem", "ca.crt.pem", "signer.key.pem", "signer.crt.pem")) {
      if (Files.exists(dir.resolve(name), NOFOLLOW_LINKS)) {
        throw exists(dir.resolve(name));
      }
    }
    Map<String, byte[]> files = new LinkedHashMap<>();
    try {
      DevelopmentCertificates made = DevelopmentCertificates.make(now, random);
      files.put("ca.key.pem", key(made.caKey().getEncoded(), passphrase, random));
      files.put("ca.crt.pem", pem("CERTIFICATE", made.ca().getEncoded()));
      files.put("signer.key.pem", key(made.signerKey().getEncoded(), passphrase, random));
      files.put("signer.crt.pem", pem("CERTIFICATE", made.signer().getEncoded()));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new TrustException(Reason.BAD_KEY, "making keys failed: " + e.getMessage(), e);
    }
    Files.createDirectories(dir);
    publish(dir, files);
  }

  private static byte[] key(byte[] pkcs8, Optional<char[]> passphrase, SecureRandom random)
      throws IOException, GeneralSecurityException {
    if (passphrase.isEmpty()) {
      return pem("PRIVATE KEY", pkcs8);
    }
    byte[] encrypted = EncryptedKey.encrypt(pkcs8, passphrase.get(), random);
    return pem("ENCRYPTED PRIVATE KEY", encrypted);
  }

  private static byte[] pem(String type, byte[] der) {
    return Pem.format(type, der).getBytes(US_ASCII);
  }

  /**
   * Writes all files aside, then links them to their names: a link never replaces anything, and
   * never shows a file that isn't complete.
   */
  private static void publish(Path dir, Map<String, byte[]> files) throws IOException {
    Path aside = Files.createTempDirectory(dir, ".keys-");
    List<Path> published = new ArrayList<>();
    boolean done = false;
    try {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        write(aside.resolve(file.getKey()), file.getValue());
      }
      for (String name : files.keySet()) {
        Files.createLink(dir.resolve(name), aside.resolve(name));
        published.add(dir.resolve(name));
      }
      done = true;
    } catch (FileAlreadyExistsException e) {
      throw exists(Path.of(e.getFile()));
    } finally {
      for (Path path : done ? List.<Path>of() : published) {
        Files.deleteIfExists(path);
      }
      for (String name : files.keySet()) {
        Files.deleteIfExists(aside.resolve(name));
      }
      Files.delete(aside);
    }
  }

  private static void write(Path path, byte[] content) throws IOException {
    String mode = path.toString().endsWith(".key.pem") ? PRIVATE : PUBLIC;
    try (FileChannel channel =
        FileChannel.open(
            path,
            Set.of(CREATE_NEW, WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)))) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  private static TrustException exists(Path file) {
    return new TrustException(
        Reason.BAD_KEY, file + " exists already, and keys are never overwritten");
  }
}

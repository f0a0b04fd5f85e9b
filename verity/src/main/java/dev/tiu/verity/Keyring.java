package dev.tiu.verity;

import dev.tiu.verity.TrustException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whom a device trusts: certificate authorities, and what they revoked.
 *
 * <p>Self-signed certificates are trust anchors. Others only help to find a path to an anchor;
 * having them here gives them no trust. Revocation lists are checked for the issuers that have one
 * here.
 */
public final class Keyring {
  private static final int MAX_FILES = 1000;
  private static final List<String> SUFFIXES = List.of(".pem", ".crt", ".cer", ".crl");

  private final Path path;
  private final List<X509Certificate> anchors = new ArrayList<>();
  private final List<X509Certificate> intermediates = new ArrayList<>();
  private final List<X509CRL> crls = new ArrayList<>();

  private Keyring(Path path) {
    this.path = path;
  }

  /**
   * Loads a PEM file, or all files of a directory that end in {@code .pem}, {@code .crt}, {@code
   * .cer} or {@code .crl} and whose names don't start with a dot. Each must be PEM, and hold
   * nothing but certificates and revocation lists.
   *
   * @throws TrustException if it is missing, without a trust anchor, or a file in it is malformed;
   *     the message names the file
   */
  public static Keyring load(Path fileOrDirectory) throws IOException {
    if (!Files.exists(fileOrDirectory)) {
      throw new TrustException(
          Reason.BAD_KEYRING,
          "there is no keyring "
              + fileOrDirectory
              + ": put the certificates of the authorities to trust there, as PEM files");
    }
    Keyring keyring = new Keyring(fileOrDirectory);
    if (Files.isDirectory(fileOrDirectory)) {
      for (Path file : files(fileOrDirectory)) {
        keyring.add(file);
      }
    } else {
      keyring.add(fileOrDirectory);
    }
    if (keyring.anchors.isEmpty()) {
      throw new TrustException(
          Reason.BAD_KEYRING,
          "the keyring "
              + fileOrDirectory
              + " holds no self-signed CA certificate, so nothing can be trusted:"
              + " put the CA's certificate there, as a PEM file");
    }
    return keyring;
  }

  private static List<Path> files(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(directory)) {
      files = entries.filter(Keyring::counts).sorted().limit(MAX_FILES + 1).toList();
    }
    if (files.size() > MAX_FILES) {
      throw new TrustException(
          Reason.BAD_KEYRING, "the keyring " + directory + " has more than 1000 files");
    }
    return files;
  }

  private static boolean counts(Path file) {
    String name = String.valueOf(file.getFileName());
    return !name.startsWith(".") && SUFFIXES.stream().anyMatch(name::endsWith);
  }

  private void add(Path file) throws IOException {
    for (Pem block : Pem.read(file)) {
      switch (block.type()) {
        case "CERTIFICATE" -> add(block.certificate());
        case "X509 CRL" -> crls.add(block.crl());
        default -> {
          String remedy =
              block.type().endsWith("PRIVATE KEY")
                  ? ": private keys have no place in a keyring; name the CA's certificate alone"
                  : ": only CERTIFICATE and X509 CRL can be used";
          throw new TrustException(
              Reason.BAD_KEYRING, block.where() + ": this is " + block.type() + remedy);
        }
      }
    }
  }

  private void add(X509Certificate certificate) {
    (isSelfSigned(certificate) ? anchors : intermediates).add(certificate);
  }

  private static boolean isSelfSigned(X509Certificate certificate) {
    if (!certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
      return false;
    }
    try {
      certificate.verify(certificate.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // issued by an older key of the same name
    }
  }

  List<X509Certificate> anchors() {
    return anchors;
  }

  List<X509Certificate> intermediates() {
    return intermediates;
  }

  List<X509CRL> crls() {
    return crls;
  }

  /** The path it was loaded from. */
  @Override
  public String toString() {
    return path.toString();
  }
}

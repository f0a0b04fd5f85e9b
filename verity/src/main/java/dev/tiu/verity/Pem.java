package dev.tiu.verity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tiu.verity.TrustException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The blocks of a PEM file (RFC 7468, section 2): text outside of them is commentary.
 *
 * <p>Stricter than most readers: a block that doesn't end, or isn't base64, is an error that names
 * file and line rather than something to skip, as what is skipped might be a revocation list.
 */
final class Pem {
  private static final int MAX_FILE_SIZE = 16 << 20;
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  private final Path file;
  private final int line;
  private final String type;
  private final byte[] der;

  private Pem(Path file, int line, String type, byte[] der) {
    this.file = file;
    this.line = line;
    this.type = type;
    this.der = der;
  }

  /** Between BEGIN and the dashes, such as {@code CERTIFICATE}. */
  String type() {
    return type;
  }

  byte[] der() {
    return der;
  }

  /** For messages: file and line. */
  String where() {
    return file + ", line " + line;
  }

  X509Certificate certificate() throws TrustException {
    try {
      return Pem.certificate(der);
    } catch (CertificateException e) {
      throw new TrustException(
          Reason.MALFORMED, where() + ": not a certificate: " + e.getMessage(), e);
    }
  }

  X509CRL crl() throws TrustException {
    try {
      InputStream in = new ByteArrayInputStream(der);
      return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
    } catch (CRLException | CertificateException e) {
      throw new TrustException(
          Reason.MALFORMED, where() + ": not a revocation list: " + e.getMessage(), e);
    }
  }

  static X509Certificate certificate(byte[] der) throws CertificateException {
    InputStream in = new ByteArrayInputStream(der);
    return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
  }

  /** All blocks of a file, in order; at least one. */
  static List<Pem> read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_FILE_SIZE + 1);
    } catch (NoSuchFileException e) {
      throw new TrustException(Reason.MALFORMED, file + ": no such file", e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + ": permission denied", e);
    } catch (IOException e) {
      throw new IOException(file + ": can't be read: " + e.getMessage(), e);
    }
    if (bytes.length > MAX_FILE_SIZE) {
      throw new TrustException(
          Reason.MALFORMED, file + ": larger than " + MAX_FILE_SIZE + " bytes, not a PEM file");
    }
    List<Pem> blocks = parse(file, new String(bytes, ISO_8859_1).lines().toList());
    if (blocks.isEmpty()) {
      throw new TrustException(
          Reason.MALFORMED,
          file + ": holds no PEM block (-----BEGIN CERTIFICATE----- or the like)");
    }
    return blocks;
  }

  private static List<Pem> parse(Path file, List<String> lines) throws TrustException {
    List<Pem> blocks = new ArrayList<>();
    StringBuilder base64 = new StringBuilder();
    Optional<String> open = Optional.empty();
    int begun = 0;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      boolean boundary = line.endsWith(DASHES);
      if (boundary && line.startsWith(BEGIN)) {
        if (open.isPresent()) {
          throw unended(file, begun, open.get());
        }
        open = Optional.of(line.substring(BEGIN.length(), line.length() - DASHES.length()));
        begun = i + 1;
        base64.setLength(0);
      } else if (open.isPresent() && boundary && line.equals(END + open.get() + DASHES)) {
        blocks.add(new Pem(file, begun, open.get(), decode(file, begun, base64.toString())));
        open = Optional.empty();
      } else if (open.isPresent()) {
        base64.append(line);
      }
    }
    if (open.isPresent()) {
      throw unended(file, begun, open.get());
    }
    return blocks;
  }

  private static TrustException unended(Path file, int line, String type) {
    return new TrustException(
        Reason.MALFORMED,
        file + ", line " + line + ": BEGIN " + type + " without its END: the file is cut off");
  }

  private static byte[] decode(Path file, int line, String base64) throws TrustException {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      String message = file + ", line " + line + ": not base64: " + e.getMessage();
      if (base64.startsWith("Proc-Type:")) {
        message =
            file
                + ", line "
                + line
                + ": encrypted in OpenSSL's old way; convert it with: openssl pkcs8 -topk8";
      }
      throw new TrustException(Reason.MALFORMED, message, e);
    }
  }

  /** A block in PEM, lines of 64 characters. */
  static String format(String type, byte[] der) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return BEGIN + type + DASHES + "\n" + base64 + "\n" + END + type + DASHES + "\n";
  }
}

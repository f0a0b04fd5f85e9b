package dev.tiu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a new device shall be like besides what its image says. */
final class SetupOptions {
  private static final int LONGEST_PASSPHRASE = 4096;

  @Option(
      names = "--hostname",
      paramLabel = "NAME",
      description = "With --disk: the device's host name.")
  private Optional<HostName> hostname = Optional.empty();

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description =
          "With --disk: make an account of that name, of the group sudo if there is one; it has no"
              + " password.")
  private Optional<UserName> user = Optional.empty();

  @Option(
      names = "--authorized-keys",
      paramLabel = "FILE",
      description =
          "With --disk: the public keys that log in as that user by SSH; without --user, as root.")
  private Optional<Path> authorizedKeys = Optional.empty();

  @Option(
      names = "--wifi",
      paramLabel = "SSID",
      description = "With --disk: the wireless network to join; needs --wifi-passphrase-file.")
  private Optional<String> wifi = Optional.empty();

  @Option(
      names = "--wifi-passphrase-file",
      paramLabel = "FILE|-",
      description = "The first line of FILE, or of standard input, is that network's passphrase.")
  private Optional<Path> wifiPassphrase = Optional.empty();

  boolean isAnyGiven() {
    return hostname.isPresent()
        || user.isPresent()
        || authorizedKeys.isPresent()
        || wifi.isPresent()
        || wifiPassphrase.isPresent();
  }

  /**
   * Reads what files say, and holds it against the image, before anything is made.
   *
   * @throws UsageException if something is missing or wrong
   * @throws UnfitException if the image has not what it takes
   */
  Setup read(ImageFiles image, Context context) throws IOException {
    if (wifi.isPresent() != wifiPassphrase.isPresent()) {
      throw new UsageException(
          "--wifi SSID and --wifi-passphrase-file FILE go together; a network without a passphrase"
              + " isn't set up");
    }
    Optional<WifiSetup> joined = Optional.empty();
    if (wifi.isPresent()) {
      String passphrase = firstLine(wifiPassphrase.get(), context);
      try {
        joined = Optional.of(WifiSetup.of(WifiNetwork.of(wifi.get(), passphrase), image));
      } catch (IllegalArgumentException e) {
        throw new UsageException(String.valueOf(e.getMessage()));
      }
    }
    Optional<AuthorizedKeys> keys =
        authorizedKeys.isPresent()
            ? Optional.of(AuthorizedKeys.read(authorizedKeys.get()))
            : Optional.empty();
    return new Setup(hostname, user, keys, joined);
  }

  private static String firstLine(Path file, Context context) throws IOException {
    byte[] start;
    if (file.toString().equals("-")) {
      start = context.in().readNBytes(LONGEST_PASSPHRASE);
    } else {
      try (InputStream in = Files.newInputStream(file)) {
        start = in.readNBytes(LONGEST_PASSPHRASE);
      }
    }
    return new String(start, StandardCharsets.UTF_8).lines().findFirst().orElse("");
  }
}

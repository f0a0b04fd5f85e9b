package dev.tiu;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A network to join, with WPA's pre-shared key (IEEE 802.11-2020, annex J.4): what comes of the
 * passphrase and the name, so that the passphrase itself isn't on the disk.
 *
 * @param ssid 1 to 32 bytes
 * @param key 64 hexadecimal digits
 */
record WifiNetwork(String ssid, String key) {
  private static final int LONGEST_SSID = 32;
  private static final int ROUNDS = 4096;
  private static final int KEY_BITS = 256;
  private static final Pattern KEY = Pattern.compile("[0-9A-Fa-f]{64}");
  private static final Pattern PASSPHRASE = Pattern.compile("[ -~]{8,63}");

  /** What means itself in a file of NetworkManager's. */
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z0-9._-]([A-Za-z0-9 ._-]*[A-Za-z0-9._-])?");

  /**
   * Of a passphrase, or of the key itself in 64 digits.
   *
   * @throws IllegalArgumentException if either can't be
   */
  static WifiNetwork of(String ssid, String passphrase) {
    byte[] name = ssid.getBytes(UTF_8);
    if (name.length < 1 || name.length > LONGEST_SSID) {
      throw new IllegalArgumentException(
          "a wireless network's name has 1 to 32 bytes, not %d".formatted(name.length));
    }
    if (KEY.matcher(passphrase).matches()) {
      return new WifiNetwork(ssid, passphrase);
    }
    if (!PASSPHRASE.matcher(passphrase).matches()) {
      throw new IllegalArgumentException(
          "a passphrase for WPA has 8 to 63 characters of ASCII; this one hasn't");
    }
    return new WifiNetwork(ssid, key(passphrase, name));
  }

  private static String key(String passphrase, byte[] salt) {
    try {
      PBEKeySpec spec = new PBEKeySpec(passphrase.toCharArray(), salt, ROUNDS, KEY_BITS);
      byte[] key =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA1").generateSecret(spec).getEncoded();
      return HexFormat.of().formatHex(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has PBKDF2WithHmacSHA1", e);
    }
  }

  /** The name as a file's. */
  String fileName() {
    return ssid.replaceAll("[^A-Za-z0-9._-]", "_");
  }

  /** For NetworkManager (nm-settings-keyfile(5)). */
  String networkManager() {
    return """
    [connection]
    id=%s
    uuid=%s
    type=wifi

    [wifi]
    mode=infrastructure
    ssid=%s

    [wifi-security]
    key-mgmt=wpa-psk
    psk=%s

    [ipv4]
    method=auto

    [ipv6]
    method=auto
    """
        .formatted(fileName(), UUID.nameUUIDFromBytes(ssid.getBytes(UTF_8)), keyfileSsid(), key);
  }

  /** As it is, or the bytes as numbers. */
  private String keyfileSsid() {
    if (PLAIN.matcher(ssid).matches()) {
      return ssid;
    }
    byte[] bytes = ssid.getBytes(UTF_8);
    return IntStream.range(0, bytes.length)
        .mapToObj(i -> (bytes[i] & 0xff) + ";")
        .collect(Collectors.joining());
  }

  /** For wpa_supplicant (wpa_supplicant.conf(5)); a name without quotes is in hexadecimal. */
  String wpaSupplicant() {
    return """
    ctrl_interface=/run/wpa_supplicant
    network={
      ssid=%s
      psk=%s
    }
    """
        .formatted(HexFormat.of().formatHex(ssid.getBytes(UTF_8)), key);
  }
}

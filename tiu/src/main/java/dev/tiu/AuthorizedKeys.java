package dev.tiu;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Public keys that may log in as somebody: lines of an {@code authorized_keys} (sshd(8)).
 *
 * @param lines each with a key
 */
record AuthorizedKeys(List<String> lines) {
  private static final BytePath DIRECTORY = BytePath.of(".ssh");
  private static final BytePath FILE = DIRECTORY.resolve("authorized_keys");
  private static final int LIMIT = 1 << 20;

  /** Options may stand before the type. */
  private static final Pattern KEY =
      Pattern.compile(
          "(.+ )?(ssh-(rsa|ed25519|dss)|ecdsa-sha2-[a-z0-9]+|sk-[a-z0-9@.-]+) +AAAA[A-Za-z0-9+/=]+( .*)?");

  AuthorizedKeys {
    lines = List.copyOf(lines);
  }

  /**
   * Reads a file of them.
   *
   * @throws UsageException if something else is in it, a private key for instance
   */
  static AuthorizedKeys read(Path file) throws IOException {
    if (Files.size(file) > LIMIT) {
      throw new UsageException(file + " is larger than any file of public keys");
    }
    List<String> lines =
        Files.readString(file)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .toList();
    for (String line : lines) {
      if (!KEY.matcher(line).matches()) {
        throw new UsageException(
            file
                + " has a line that is no public key. Give the file that ends in .pub: its lines"
                + " begin with ssh-ed25519, ssh-rsa or the like");
      }
    }
    if (lines.isEmpty()) {
      throw new UsageException(file + " has no key in it, so that nobody could log in by it");
    }
    return new AuthorizedKeys(lines);
  }

  /**
   * Adds them to those that are there, with the owner and the modes that sshd insists on.
   *
   * @param home of the user, which exists
   */
  void addTo(Dir home, int uid, int gid) throws IOException {
    if (home.find(DIRECTORY).isEmpty()) {
      home.makeDir(DIRECTORY, 0700);
      home.setOwner(DIRECTORY, uid, gid);
    }
    StringBuilder text = new StringBuilder();
    if (home.find(FILE).isPresent()) {
      new String(home.readAll(FILE, LIMIT), UTF_8)
          .lines()
          .filter(line -> !lines.contains(line))
          .forEach(line -> text.append(line).append('\n'));
    }
    lines.forEach(line -> text.append(line).append('\n'));
    home.writeAtomically(FILE, text.toString().getBytes(UTF_8), 0600);
    home.setOwner(FILE, uid, gid);
  }
}

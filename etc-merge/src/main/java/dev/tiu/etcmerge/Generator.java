package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Errno;
import dev.tiu.linux.LinuxException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/**
 * A tool that makes files of /etc out of others.
 *
 * @param outputs what it makes or changes, below /etc; the first is there wherever it is in use
 * @param inputs what it makes that of, below /etc
 * @param systemInputs what it makes that of, below the root
 */
record Generator(
    String name,
    List<String> argv,
    List<BytePath> outputs,
    List<BytePath> inputs,
    List<BytePath> systemInputs) {

  /** In this order: the accounts first, since whatever follows may look at them. */
  static final List<Generator> ALL =
      List.of(
          new Generator(
              "accounts of sysusers.d",
              List.of("systemd-sysusers"),
              paths("passwd", "group", "shadow", "gshadow"),
              paths("sysusers.d"),
              paths("usr/lib/sysusers.d")),
          // -X: the links to libraries are the image's own, and lie where nothing can be written.
          new Generator(
              "library cache",
              List.of("ldconfig", "-X"),
              paths("ld.so.cache"),
              paths("ld.so.conf", "ld.so.conf.d"),
              paths("usr/lib", "usr/lib32", "usr/lib64", "usr/libx32")),
          new Generator(
              "certificates (Debian)",
              List.of("update-ca-certificates"),
              paths("ssl/certs/ca-certificates.crt", "ssl/certs"),
              paths("ca-certificates.conf", "ca-certificates"),
              paths("usr/share/ca-certificates")),
          new Generator(
              "certificates (Fedora)",
              List.of("update-ca-trust", "extract"),
              paths("pki/ca-trust/extracted"),
              paths("pki/ca-trust/source"),
              List.of()),
          new Generator(
              "certificates (Arch)",
              List.of("update-ca-trust", "extract"),
              paths("ca-certificates/extracted", "ssl/certs"),
              paths("ca-certificates/trust-source"),
              List.of()),
          new Generator(
              "hardware database",
              List.of("systemd-hwdb", "update"),
              paths("udev/hwdb.bin"),
              paths("udev/hwdb.d"),
              paths("usr/lib/udev/hwdb.d")),
          new Generator(
              "dconf databases",
              List.of("dconf", "update"),
              paths("dconf/db"),
              paths("dconf/db", "dconf/profile"),
              List.of()),
          new Generator(
              "crypto policies",
              List.of("update-crypto-policies", "--no-reload"),
              paths("crypto-policies/back-ends", "crypto-policies/state"),
              paths(
                  "crypto-policies/config", "crypto-policies/policies", "crypto-policies/local.d"),
              List.of()));

  private static List<BytePath> paths(String... paths) {
    return List.of(paths).stream().map(BytePath::of).toList();
  }

  /** Whether it has something to do in that tree. */
  boolean isDue(
      Dir etc,
      Collection<BytePath> changed,
      Predicate<BytePath> byPolicy,
      Predicate<BytePath> systemChanged)
      throws IOException {
    if (!isThere(etc, outputs.get(0))) {
      return false;
    }
    return systemInputs.stream().anyMatch(systemChanged)
        || (systemInputs.isEmpty() && outputs.stream().anyMatch(byPolicy))
        || changed.stream().anyMatch(this::concerns);
  }

  private boolean concerns(BytePath path) {
    List<BytePath> all = new ArrayList<>(inputs);
    all.addAll(outputs);
    return all.stream().anyMatch(own -> path.startsWith(own) || own.startsWith(path));
  }

  /** Behind a link something isn't: what is there is kept elsewhere, in /var mostly. */
  static boolean isThere(Dir etc, BytePath path) throws IOException {
    try {
      return etc.find(path).isPresent();
    } catch (LinuxException e) {
      if (e.errno() == Errno.ELOOP) {
        return false;
      }
      throw e;
    }
  }
}

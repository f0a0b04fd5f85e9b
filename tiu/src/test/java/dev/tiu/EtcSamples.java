package dev.tiu;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Two tiny systems whose /etc differ, for tests that install them often.
 *
 * <pre>
 * e1                    e2
 * etc/motd   one        two
 * etc/hosts  one        two
 * root                  root, newsvc (998) with files in usr, etc and var
 * </pre>
 */
final class EtcSamples {
  private static final String FIRST =
      """
      set -eu; mkdir -p "$T" && cd "$T" && chmod 0755 .
      mkdir -p bin lib lib64 mnt dev proc sys run tmp etc usr/lib usr/bin var/lib home root srv opt
      printf 'ID=sample\\nVERSION_ID=1\\n' > usr/lib/os-release
      cp /bin/true bin/sh
      echo 'root:x:0:0:root:/root:/bin/sh' > etc/passwd; echo 'root:x:0:' > etc/group
      echo 'root:*:19000:0:99999:7:::' > etc/shadow; echo 'root:*::' > etc/gshadow
      chmod 0640 etc/shadow etc/gshadow; echo one > etc/motd; echo one > etc/hosts
      """;

  private static final String SECOND =
      FIRST
          + """
          echo two > etc/motd; echo two > etc/hosts
          echo 'newsvc:x:998:998::/var/lib/newsvc:/bin/false' >> etc/passwd
          echo 'newsvc:x:998:' >> etc/group
          echo 'newsvc:!*:20000::::::' >> etc/shadow; echo 'newsvc:!*::' >> etc/gshadow
          mkdir usr/lib/newsvc var/lib/newsvc; echo data > usr/lib/newsvc/data
          ln usr/lib/newsvc/data usr/lib/newsvc/link; ln -s data usr/lib/newsvc/symlink
          echo acl > usr/lib/acl; setfacl -m u:998:r,g:998:r usr/lib/acl
          echo state > var/lib/newsvc/state; cp /bin/true usr/bin/helper; echo conf > etc/newsvc.conf
          chown -hR 998:998 usr/lib/newsvc var/lib/newsvc usr/bin/helper; chgrp 998 etc/newsvc.conf
          chmod 6755 usr/bin/helper; setcap cap_net_raw+ep usr/lib/newsvc/data
          """;

  /** The second with sudo's own judge of its file, and what that needs to run. */
  private static final String WITH_SUDO =
      SECOND
          + """
          mkdir -p usr/sbin; cp /usr/sbin/visudo usr/sbin/
          for lib in $(ldd /usr/sbin/visudo | grep -o '/[^ ]*'); do
            mkdir -p ".${lib%/*}"; cp -L "$lib" ".$lib"
          done
          printf '# one\\n# two\\n# three\\nroot ALL=(ALL) ALL\\n# four\\n# five\\n' > etc/sudoers
          chmod 0440 etc/sudoers
          """;

  private static final String SETTLE = "\nfind . -exec touch -h -d @1700000000 {} +";

  private final SampleSystems samples;
  private final Path first;
  private final Path second;

  private EtcSamples(SampleSystems samples) throws IOException {
    this.samples = samples;
    this.first = pack(FIRST, "e1", "1");
    this.second = pack(SECOND, "e2", "2");
  }

  /** Makes both below a directory. */
  static EtcSamples make(Path directory, Tiu tiu) throws IOException {
    return new EtcSamples(SampleSystems.withKeys(directory, tiu));
  }

  private Path pack(String script, String name, String version) throws IOException {
    Command.of("bash", "-c", script + SETTLE)
        .environment(
            Map.of("T", samples.tree(name).toString(), "PATH", "/usr/sbin:/usr/bin:/sbin:/bin"))
        .run();
    return samples.pack(name, version);
  }

  Path first() {
    return first;
  }

  Path second() {
    return second;
  }

  /** The second, with sudoers and visudo. */
  Path withSudo() throws IOException {
    return pack(WITH_SUDO, "sudo", "2");
  }

  Path keyring() {
    return samples.keyring();
  }

  /** Makes an account in a live /etc, with newsvc's number, as useradd does it. */
  static void addAlice(Path etc) throws IOException {
    append(etc.resolve("passwd"), "alice:x:998:998::/home/alice:/bin/sh");
    append(etc.resolve("group"), "alice:x:998:");
    append(etc.resolve("shadow"), "alice:$6$hers:20000:0:99999:7:::");
    append(etc.resolve("gshadow"), "alice:!::");
  }

  private static void append(Path file, String line) throws IOException {
    Files.writeString(file, line + "\n", StandardOpenOption.APPEND);
  }

  /** Type, mode, owner and content of all that is in a small tree, by path. */
  static SortedMap<String, String> listing(Path tree) throws IOException {
    SortedMap<String, String> listing = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.toList()) {
        Map<String, Object> status =
            Files.readAttributes(path, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
        String content = "";
        if (Files.isSymbolicLink(path)) {
          content = Files.readSymbolicLink(path).toString();
        } else if (Files.isRegularFile(path)) {
          content = Files.readString(path);
        }
        listing.put(
            tree.relativize(path).toString(),
            "%s %s:%s %s"
                .formatted(status.get("mode"), status.get("uid"), status.get("gid"), content));
      }
    }
    return listing;
  }
}

package dev.tiu;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A generator of initrds for the trees of {@link SampleSystems}: a script that is called as
 * initramfs-tools is, and puts /etc/crypttab into what it makes. /etc/initramfs-tools/fails and
 * hangs have it do that.
 */
final class InitrdSamples {
  private static final String ADD =
      """
      set -eu
      cd "$1"
      for program in dash mkdir cp cpio sleep; do
        file=$(readlink -f "$(command -v $program)")
        cp "$file" usr/bin/$program
        for library in $(ldd "$file" | grep -o '/[^ ]*'); do
          mkdir -p ".${library%/*}"; cp -L "$library" ".$library"
        done
      done
      cp usr/bin/dash bin/sh
      mkdir -p usr/sbin etc/initramfs-tools
      cat >usr/sbin/mkinitramfs <<'SCRIPT'
      #!/bin/sh
      set -e
      if [ -e /etc/initramfs-tools/fails ]; then echo no luck; exit 1; fi
      if [ -e /etc/initramfs-tools/hangs ]; then sleep 1000; fi
      mkdir "$TMPDIR/tree"
      cd "$TMPDIR/tree"
      echo start >init
      if [ -e /etc/crypttab ]; then cp /etc/crypttab crypttab; fi
      for file in *; do echo "$file"; done | cpio --quiet -o -H newc >"$2"
      SCRIPT
      chmod 755 usr/sbin/mkinitramfs
      """;

  private InitrdSamples() {}

  static void addGenerator(Path tree) throws IOException {
    Command.of("bash", "-c", ADD, "bash", tree.toString()).run();
  }
}

package dev.tiu;

import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a booted device has: tiu in a mount namespace whose root is a snapshot. The machine's own
 * files are at {@code /mnt} there.
 *
 * @param directory for the root's mount point, and for temporary files
 */
record RunningMachine(BtrfsDisk disk, Path directory) {
  /** The snapshot as root; the machine's own programs come in by bind mounts. */
  private static final String SCRIPT =
      """
      set -eu
      mkdir -p "$ROOT"
      mount -o subvol=@/.snapshots/$N/snapshot "$DEVICE" "$ROOT"
      for d in bin lib lib64 usr proc dev; do mount --rbind "/$d" "$ROOT/$d"; done
      mount --rbind / "$ROOT/mnt"
      for d in /etc/java*; do
        if [ -d "$d" ]; then mkdir -p "$ROOT$d"; mount --bind "$d" "$ROOT$d"; fi
      done
      exec chroot "$ROOT" "$@"
      """;

  /** tiu as the system of that snapshot runs it. */
  Command tiu(int number, Object... arguments) {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(":"))
            .map(entry -> "/mnt" + entry)
            .collect(Collectors.joining(":"));
    String[] java = {
      "unshare",
      "--mount",
      "bash",
      "-c",
      SCRIPT,
      "root",
      Path.of(System.getProperty("java.home")).resolve("bin/java").toString(),
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=1",
      "-Djava.io.tmpdir=/mnt" + directory,
      "-cp",
      classPath,
      Main.class.getName(),
    };
    String[] all = Arrays.copyOf(java, java.length + arguments.length);
    for (int i = 0; i < arguments.length; i++) {
      all[java.length + i] = arguments[i].toString();
    }
    return Command.of(all)
        .environment(
            Map.of(
                "N", Integer.toString(number),
                "ROOT", directory.resolve("root").toString(),
                "DEVICE", disk.device().toString(),
                "PATH", "/usr/sbin:/usr/bin:/sbin:/bin"));
  }
}

package dev.tiu;

import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * tiu without --sysroot, in a mount namespace whose root is a snapshot: what a booted device has.
 * The machine's own root is at /mnt in it.
 */
final class RunningSystem {
  /** The snapshot as root; the machine's own programs and files come in by bind mounts. */
  private static final String SCRIPT =
      """
      set -eu
      mkdir -p "$ROOT"
      mount -o "subvol=$SUBVOLUME" "$DEVICE" "$ROOT"
      for d in bin lib lib64 usr proc dev; do mount --rbind "/$d" "$ROOT/$d"; done
      mount --rbind / "$ROOT/mnt"
      mkdir -p "$RUN"
      mount --bind "$RUN" "$ROOT/run"
      for d in /etc/java*; do
        if [ -d "$d" ]; then mkdir -p "$ROOT$d"; mount --bind "$d" "$ROOT$d"; fi
      done
      exec chroot "$ROOT" "$@"
      """;

  private final Path directory;
  private final BtrfsDisk disk;

  /**
   * Of a disk.
   *
   * @param directory for temporary files
   */
  RunningSystem(Path directory, BtrfsDisk disk) {
    this.directory = directory;
    this.disk = disk;
  }

  /** Its /run. */
  Path run() {
    return directory.resolve("run");
  }

  /** Gives it a program of its own, which counts more than the machine's. */
  void program(String name, String script) throws IOException {
    Path program = Files.createDirectories(programs()).resolve(name);
    Files.writeString(program, script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path programs() {
    return directory.resolve("programs");
  }

  /** tiu as the system of that snapshot runs it. */
  Command start(int number, Object... arguments) {
    return startBy(List.of(), number, arguments);
  }

  /** The same, run by another program of the machine's. */
  Command startBy(List<String> program, int number, Object... arguments) {
    return startIn("@/.snapshots/%d/snapshot".formatted(number), program, arguments);
  }

  /** tiu as a system runs it whose root is another subvolume. */
  Command startIn(String subvolume, Object... arguments) {
    return startIn(subvolume, List.of(), arguments);
  }

  private Command startIn(String subvolume, List<String> program, Object... arguments) {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(":"))
            .map(entry -> "/mnt" + entry)
            .collect(Collectors.joining(":"));
    List<String> argv =
        new ArrayList<>(List.of("unshare", "--mount", "bash", "-c", SCRIPT, "root"));
    argv.addAll(program);
    argv.addAll(
        List.of(
            Path.of(System.getProperty("java.home")).resolve("bin/java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Djava.io.tmpdir=/mnt" + directory,
            "-cp",
            classPath,
            Main.class.getName()));
    Arrays.stream(arguments).map(Object::toString).forEach(argv::add);
    return Command.of(argv)
        .environment(
            Map.of(
                "SUBVOLUME",
                subvolume,
                "ROOT",
                directory.resolve("root").toString(),
                "DEVICE",
                disk.device().toString(),
                "RUN",
                run().toString(),
                "PATH",
                "/mnt" + programs() + ":/usr/sbin:/usr/bin:/sbin:/bin"));
  }
}

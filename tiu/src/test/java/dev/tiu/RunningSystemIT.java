package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Works without --sysroot, in a mount namespace whose root is a snapshot: what a booted device has.
 */
class RunningSystemIT {
  @TempDir private Path directory;

  /** The snapshot as root; the machine's own programs and files come in by bind mounts. */
  private static final String SCRIPT =
      """
      set -eu
      mkdir -p "$ROOT"
      mount -o subvol=@/.snapshots/1/snapshot "$DEVICE" "$ROOT"
      for d in bin lib lib64 usr proc dev; do mount --rbind "/$d" "$ROOT/$d"; done
      mount --rbind / "$ROOT/mnt"
      for d in /etc/java*; do
        if [ -d "$d" ]; then mkdir -p "$ROOT$d"; mount --bind "$d" "$ROOT$d"; fi
      done
      exec chroot "$ROOT" "$@"
      """;

  private String tiu(BtrfsDisk disk, Object... arguments) throws IOException {
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
                "ROOT", directory.resolve("root").toString(),
                "DEVICE", disk.device().toString(),
                "PATH", "/usr/sbin:/usr/bin:/sbin:/bin"))
        .run()
        .text();
  }

  @Test
  void the_running_system_is_found_updated_and_never_removed() throws IOException {
    Tiu tiu = Tiu.now();
    SampleSystems samples = SampleSystems.make(directory, tiu);
    try (BtrfsDisk disk = BtrfsDisk.create(512 << 20)) {
      Path top = disk.mountPoint();
      tiu.run("install", "--sysroot", top, "--keyring", samples.keyring(), samples.v1()).orFail();

      assertThat(tiu(disk, "status"))
          .contains("Device     /dev/loop")
          .contains("Booted     snapshot 1, version 1");
      assertThat(
              tiu(disk, "update", "--keyring", "/mnt" + samples.keyring(), "/mnt" + samples.v2()))
          .contains("Snapshot 2, version 2, is the default");
      tiu(
          disk,
          "update",
          "--force",
          "--keyring",
          "/mnt" + samples.keyring(),
          "/mnt" + samples.v2());
      tiu(disk, "gc", "--keep", "1");

      JsonNode list = new ObjectMapper().readTree(tiu(disk, "list", "--json"));
      assertThat(list.findValuesAsText("number"))
          .as("booted, which is the way back, and default")
          .containsExactly("1", "3");
      assertThat(list.get(0).path("isBooted").asBoolean()).isTrue();
      assertThat(list.get(1).path("isDefault").asBoolean()).isTrue();
      assertThat(list.get(1).path("base").asInt()).as("what ran").isEqualTo(1);
      assertThat(
              TreeComparison.differences(
                  samples.tree("v2"), top.resolve("@/.snapshots/3/snapshot"), "/etc"))
          .isEmpty();
    }
  }
}

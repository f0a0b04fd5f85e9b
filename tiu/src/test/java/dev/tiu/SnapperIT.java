package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapperIT {
  @TempDir private Path directory;

  /** In a mount namespace of its own, so that the machine's configuration isn't touched. */
  private static final String LIST =
      """
      set -eu
      mount -t tmpfs none /etc/snapper
      mkdir /etc/snapper/configs
      printf 'SUBVOLUME="%s"\\nFSTYPE="btrfs"\\n' "$TOP/@" > /etc/snapper/configs/device
      printf 'SNAPPER_CONFIGS="device"\\n' > "$DIR/default"
      mount --bind "$DIR/default" /etc/default/snapper
      snapper --no-dbus -c device --csvout list
      """;

  @Test
  void snapper_lists_our_snapshots() throws IOException {
    Tiu tiu = Tiu.now();
    SampleSystems samples = SampleSystems.make(directory, tiu);
    try (BtrfsDisk disk = BtrfsDisk.create(512 << 20)) {
      Path top = disk.mountPoint();
      tiu.run("install", "--sysroot", top, "--keyring", samples.keyring(), samples.v1()).orFail();
      tiu.run("update", "--sysroot", top, "--keyring", samples.keyring(), samples.v2()).orFail();

      String list =
          Command.of("unshare", "--mount", "bash", "-c", LIST)
              .environment(
                  Map.of(
                      "TOP", top.toString(),
                      "DIR", directory.toString(),
                      "PATH", "/usr/sbin:/usr/bin:/sbin:/bin"))
              .run()
              .text();

      assertThat(list.lines())
          .anySatisfy(
              line ->
                  assertThat(line)
                      .contains(",1,")
                      .contains("Sample, version 1")
                      .contains("tiu-state=good"))
          .anySatisfy(line -> assertThat(line).contains(",2,").contains("Sample, version 2"));
    }
  }
}

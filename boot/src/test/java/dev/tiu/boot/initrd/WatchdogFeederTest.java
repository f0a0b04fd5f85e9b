package dev.tiu.boot.initrd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WatchdogFeederTest {
  private static final String DROP_IN = "systemd/system.conf.d/50-tiu-watchdog.conf";

  @TempDir Path root;

  private boolean isWanted() throws IOException {
    try (Dir dir = Dir.open(root)) {
      return WatchdogFeeder.isWanted(dir);
    }
  }

  private Path dropIn(String directory) throws IOException {
    Path file = root.resolve(directory).resolve(DROP_IN);
    Files.createDirectories(file.getParent());
    return file;
  }

  @Test
  void initrd_feeds_the_watchdog_only_where_systemd_goes_on_with_it() throws IOException {
    assertThat(isWanted()).isFalse();
    Files.writeString(dropIn("usr/lib"), "[Manager]\nRuntimeWatchdogSec=30s\n");
    assertThat(isWanted()).isTrue();
  }

  @Test
  void device_may_switch_it_off() throws IOException {
    Files.writeString(dropIn("usr/lib"), "[Manager]\nRuntimeWatchdogSec=30s\n");
    Files.writeString(dropIn("etc"), "");
    assertThat(isWanted()).isFalse();
    Files.delete(dropIn("etc"));
    Files.createSymbolicLink(dropIn("etc"), Path.of("/dev/null"));
    assertThat(isWanted()).isFalse();
  }
}

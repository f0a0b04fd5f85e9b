package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.LockFile;
import dev.tiu.linux.testing.BtrfsDisk;
import dev.tiu.snapshot.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockIT {
  @TempDir private Path directory;

  @Test
  void a_second_command_fails_by_the_name_of_the_first_and_reading_needs_no_lock()
      throws IOException {
    Tiu tiu = Tiu.now();
    SampleSystems samples = SampleSystems.make(directory, tiu);
    try (BtrfsDisk disk = BtrfsDisk.create(512 << 20)) {
      Path top = disk.mountPoint();
      tiu.run("install", "--sysroot", top, "--keyring", samples.keyring(), samples.v1()).orFail();
      try (Device device = Device.ofSysroot(top);
          LockFile first = device.lock("tiu update, process 4711", Duration.ZERO)) {
        assertThat(first).isNotNull();
        Tiu.Outcome second = tiu.run("rollback", "1", "--sysroot", top);

        assertThat(second.code()).isEqualTo(ExitCode.LOCKED);
        assertThat(second.err()).contains("tiu update, process 4711");
        tiu.run("list", "--sysroot", top).orFail();
        tiu.run("status", "--sysroot", top).orFail();
      }
      tiu.run("rollback", "1", "--sysroot", top).orFail();
    }
  }
}

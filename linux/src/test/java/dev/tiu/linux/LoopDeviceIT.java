package dev.tiu.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoopDeviceIT {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void makeFile() throws Exception {
    file = directory.resolve("file");
    byte[] content = new byte[16 << 10];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i >> 9);
    }
    Files.write(file, content);
  }

  @Test
  void range_is_all_that_the_device_shows() throws Exception {
    try (LoopDevice device = LoopDevice.attach(file, Access.READ_ONLY, 1024, 2048)) {
      byte[] seen = Files.readAllBytes(device.path());
      assertThat(seen).hasSize(2048);
      assertThat(seen[0]).isEqualTo((byte) 2);
      assertThat(seen[2047]).isEqualTo((byte) 5);
    }
  }

  @Test
  void flush_puts_what_was_written_into_the_file() throws Exception {
    try (LoopDevice device = LoopDevice.attach(file, Access.WRITABLE, 4096, 4096)) {
      try (BlockDevice claimed = BlockDevice.claim(device.path())) {
        claimed.content().write(ByteBuffer.wrap(new byte[] {77}), 512);
      }
      device.flush();
      assertThat(Files.readAllBytes(file)[4096 + 512]).isEqualTo((byte) 77);
    }
  }

  @Test
  void device_of_another_is_not_to_be_claimed_twice() throws Exception {
    try (LoopDevice device = LoopDevice.attach(file, Access.WRITABLE);
        BlockDevice claimed = BlockDevice.claim(device.path())) {
      assertThat(claimed.size()).isEqualTo(16 << 10);
      assertThatThrownBy(() -> BlockDevice.claim(device.path()))
          .isInstanceOf(LinuxException.class)
          .hasMessageContaining("EBUSY");
      claimed.rereadPartitions();
    }
  }

  @Test
  void range_that_is_not_of_whole_sectors_is_refused() {
    assertThatThrownBy(() -> LoopDevice.attach(file, Access.READ_ONLY, 100, 512))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no range of sectors: 512 bytes from offset 100");
  }
}

package dev.tiu.boot.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class FoundTableTest {
  private static final Path DISK = Path.of("/dev/nvme0n1");

  @Test
  void last_is_the_one_farthest_out_whatever_its_number() throws Exception {
    FoundTable table =
        FoundTable.parse(
            DISK,
            """
            label: gpt
            label-id: 11111111-2222-3333-4444-555555555555
            device: /dev/nvme0n1
            unit: sectors
            first-lba: 2048
            sector-size: 4096

            /dev/nvme0n1p1 : start=      500000, size=     100000, type=X, name="a, size= 7"
            /dev/nvme0n1p12 : start=        2048, size=     400000, type=Y
            """);
    assertThat(table.kind()).isEqualTo(PartitionTable.GPT);
    assertThat(table.sectorSize()).isEqualTo(4096);
    assertThat(table.last()).isEqualTo(new FoundTable.Entry(1, 500000, 100000));
    assertThat(table.partitions().get(0).number()).isEqualTo(12);
  }

  @Test
  void table_that_cannot_be_grown_is_named() {
    assertThatThrownBy(
            () -> FoundTable.parse(DISK, "label: sun\n\n/dev/sda1 : start= 1, size= 2, type=1\n"))
        .isInstanceOf(GrowException.class)
        .hasMessage(
            "/dev/nvme0n1 has a partition table of kind 'sun'; only gpt and dos can be grown");
    assertThatThrownBy(() -> FoundTable.parse(DISK, "label: gpt\n"))
        .hasMessage("/dev/nvme0n1 has a partition table without partitions");
  }
}

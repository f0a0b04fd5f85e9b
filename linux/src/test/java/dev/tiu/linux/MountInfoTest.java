package dev.tiu.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MountInfoTest {
  @Test
  void line_with_tags_is_parsed() {
    List<MountEntry> entries =
        MountInfo.parse(
            List.of(
                "36 35 0:34 /@/.snapshots/1/snapshot / ro,noatime master:1 propagate_from:2 - btrfs"
                    + " /dev/vda2 rw,space_cache=v2,subvolid=260,subvol=/@/.snapshots/1/snapshot"));
    assertThat(entries)
        .containsExactly(
            new MountEntry(
                36,
                0,
                34,
                "/@/.snapshots/1/snapshot",
                "/",
                "btrfs",
                "/dev/vda2",
                Map.of(
                    "rw",
                    "",
                    "space_cache",
                    "v2",
                    "subvolid",
                    "260",
                    "subvol",
                    "/@/.snapshots/1/snapshot")));
  }

  @Test
  void line_without_tags_and_with_escapes_is_parsed() {
    MountEntry entry =
        MountInfo.parse(List.of("9 1 253:1 / /a\\040b\\011\\134\\303\\244- rw - ext4 - rw")).get(0);
    assertThat(entry.mountPoint()).isEqualTo("/a b\t\\ä-");
    assertThat(entry.source()).isEqualTo("-");
    assertThat(entry.major()).isEqualTo(253);
  }

  @Test
  void other_lines_are_refused() {
    for (String line : List.of("x", "9 1 253:1 / /a rw ext4 /dev/x rw", "9 1 1:1 / /a rw - ext4")) {
      assertThatThrownBy(() -> MountInfo.parse(List.of(line)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(line);
    }
  }
}

package dev.tiu.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SealTest {
  private static final Seal ROOT =
      new Seal(UUID.fromString("7ac4aee5-61e0-0740-887f-5975b5101b32"), 23);
  private static final Seal ETC = new Seal(new UUID(1, 2), Long.MAX_VALUE);

  @Test
  void text_is_read_back() {
    assertThat(Seal.parse(ROOT.toString())).contains(ROOT);
    assertThat(Seal.parse(ETC.toString())).contains(ETC);
  }

  @Test
  void anything_else_is_no_seal() {
    String uuid = ROOT.subvolume().toString();
    for (String text :
        new String[] {
          "",
          uuid,
          uuid + ":",
          uuid + ":-1",
          uuid + ":1 ",
          uuid + ":9223372036854775808",
          ":1",
          "-".repeat(36) + ":1"
        }) {
      assertThat(Seal.parse(text)).as(text).isEmpty();
    }
  }

  @Test
  void info_keeps_the_seals_of_both_parts_through_later_states() throws Exception {
    SnapshotInfo building =
        SnapshotInfo.building(
            1, Instant.EPOCH, "", new ImageReference("0f".repeat(32), "1"), OptionalInt.empty());
    assertThat(building.rootSeal()).isEmpty();

    SnapshotInfo good = building.sealed(ROOT, ETC).withState(SnapshotState.GOOD);
    SnapshotInfo read = InfoXml.parse(InfoXml.write(good), "info.xml");

    assertThat(building.sealed(ROOT, ETC).state()).contains(SnapshotState.STAGED);
    assertThat(read.rootSeal()).contains(ROOT);
    assertThat(read.etcSeal()).contains(ETC);
  }
}

package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LibraryPlaceTest {
  private static boolean isFit(String... mounts) {
    return LibraryPlace.isFit(List.of(mounts));
  }

  @Test
  void memory_is_taken_as_systemd_mounts_it() {
    assertThat(isFit("/dev/vda2 / btrfs ro 0 0", "tmpfs /dev/shm tmpfs rw,nosuid,nodev 0 0"))
        .isTrue();
  }

  @Test
  void place_from_which_nothing_may_be_loaded_or_that_is_no_memory_is_left_alone() {
    assertThat(isFit("tmpfs /dev/shm tmpfs rw,nosuid,nodev,noexec 0 0")).isFalse();
    assertThat(isFit("tmpfs /dev/shm tmpfs ro,nosuid 0 0")).isFalse();
    assertThat(isFit("/dev/vda2 /dev/shm btrfs rw 0 0")).isFalse();
    assertThat(isFit("tmpfs /run tmpfs rw 0 0", "nonsense")).isFalse();
  }

  @Test
  void of_several_mounts_the_last_one_counts() {
    assertThat(isFit("tmpfs /dev/shm tmpfs rw 0 0", "tmpfs /dev/shm tmpfs rw,noexec 0 0"))
        .isFalse();
  }
}

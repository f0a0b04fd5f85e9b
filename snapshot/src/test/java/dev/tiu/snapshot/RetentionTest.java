package dev.tiu.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Access;
import dev.tiu.linux.SubvolumeInfo;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RetentionTest {
  private static final ImageReference IMAGE = new ImageReference("0f".repeat(32), "1");

  /**
   * {@code 3 good from-2 default booted}: number, state, base and marks; {@code snapper} has no
   * state.
   */
  private static List<Snapshot> snapshots(String... texts) {
    return Arrays.stream(texts).map(RetentionTest::snapshot).toList();
  }

  private static Snapshot snapshot(String text) {
    List<String> words = List.of(text.split(" "));
    int number = Integer.parseInt(words.get(0));
    SnapshotInfo building = SnapshotInfo.building(number, Instant.EPOCH, "", IMAGE, base(words));
    SnapshotInfo info =
        SnapshotState.ofLabel(words.get(1))
            .map(building::withState)
            .orElseGet(
                () ->
                    new SnapshotInfo(
                        number,
                        "single",
                        OptionalInt.empty(),
                        Instant.EPOCH,
                        OptionalInt.empty(),
                        "",
                        Optional.empty(),
                        new TreeMap<>()));
    SubvolumeInfo root =
        new SubvolumeInfo(
            number + 256, new UUID(0, number), Optional.empty(), 5, 1, 1, 1, Access.READ_ONLY);
    return new Snapshot(
        info,
        words.contains("rootless") ? Optional.empty() : Optional.of(root),
        Optional.empty(),
        words.contains("default"),
        words.contains("booted"));
  }

  private static OptionalInt base(List<String> words) {
    return words.stream()
        .filter(word -> word.startsWith("from-"))
        .mapToInt(word -> Integer.parseInt(word.substring(5)))
        .findFirst();
  }

  private static List<Integer> numbers(List<Snapshot> snapshots) {
    return snapshots.stream().map(Snapshot::number).toList();
  }

  @Test
  void booted_default_and_the_last_good_besides_it_are_untouchable() {
    List<Snapshot> all =
        snapshots("1 good", "2 good", "3 good booted", "4 good", "5 bad", "6 good default");

    assertThat(Retention.untouchable(all)).containsExactlyInAnyOrder(3, 4, 6);
  }

  @Test
  void after_a_rollback_the_one_before_stays_the_way_back() {
    List<Snapshot> all = snapshots("1 good", "2 good default", "3 good", "4 good");

    assertThat(Retention.wayBack(all).map(Snapshot::number)).contains(1);
    assertThat(Retention.before(all).map(Snapshot::number)).contains(1);
    assertThat(numbers(Retention.surplus(all, 1))).containsExactly(3);
  }

  @Test
  void without_one_before_the_newer_good_one_is_the_way_back_but_no_rollback_goes_there() {
    assertThat(Retention.before(snapshots("1 good default", "2 good"))).isEmpty();
    assertThat(Retention.wayBack(snapshots("1 good default", "2 good")).map(Snapshot::number))
        .contains(2);
  }

  @Test
  void what_the_default_was_made_from_is_the_way_back_though_a_newer_one_never_ran() {
    List<Snapshot> all = snapshots("1 good booted", "2 good from-1", "3 good from-1 default");

    assertThat(Retention.wayBack(all).map(Snapshot::number)).contains(1);
    assertThat(Retention.untouchable(all)).containsExactlyInAnyOrder(1, 3);
  }

  @Test
  void what_the_default_was_made_from_is_no_way_back_when_it_is_bad() {
    assertThat(
            Retention.wayBack(snapshots("1 good", "2 bad", "3 good from-2 default"))
                .map(Snapshot::number))
        .contains(1);
  }

  @Test
  void one_without_a_root_is_no_way_back() {
    assertThat(
            Retention.wayBack(snapshots("1 good", "2 good rootless", "3 good default"))
                .map(Snapshot::number))
        .contains(1);
  }

  @Test
  void half_built_and_bad_ones_are_useless_but_never_when_booted() {
    List<Snapshot> all =
        snapshots("1 good", "2 building", "3 bad", "4 bad booted", "5 good default", "6 staged");

    assertThat(numbers(Retention.useless(all))).containsExactly(2, 3);
  }

  @Test
  void surplus_is_the_oldest_whole_ones_beyond_those_kept() {
    List<Snapshot> all =
        snapshots("1 good", "2 good", "3 bad", "4 good", "5 good", "6 good default");

    assertThat(numbers(Retention.surplus(all, 2))).containsExactly(1, 2, 4);
    assertThat(numbers(Retention.surplus(all, 3))).containsExactly(1, 2);
    assertThat(Retention.surplus(all, 9)).isEmpty();
  }

  @Test
  void keeping_one_still_keeps_the_way_back() {
    List<Snapshot> all = snapshots("1 good", "2 good", "3 good default");

    assertThat(numbers(Retention.surplus(all, 1))).containsExactly(1);
  }

  @Test
  void snappers_own_are_never_proposed() {
    List<Snapshot> all = snapshots("1 snapper", "2 good", "3 snapper", "4 good default");

    assertThat(Retention.useless(all)).isEmpty();
    assertThat(Retention.surplus(all, 1)).isEmpty();
  }
}

package dev.tiu.boot.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each boot loader has to do alike. */
abstract class BootLoaderContract extends OnBootPartition {
  BootLoader loader;

  abstract BootLoader open(Dir partition) throws IOException;

  @BeforeEach
  final void openLoader() throws IOException {
    loader = open(fixture.partition);
  }

  /** Snapshot 1 is the default; 2 is published. */
  final void publishTwo() throws IOException {
    loader.publish(fixture.entry(1, "one"));
    loader.makeDefault(1);
    loader.publish(fixture.entry(2, "two"));
  }

  final boolean counts() {
    return loader.counting() != Counting.NONE;
  }

  @Test
  void empty_partition_offers_nothing() throws IOException {
    assertThat(loader.state().published()).isEmpty();
    assertThat(loader.state().isDefault()).isEmpty();
    assertThat(loader.state().trial()).isEmpty();
  }

  @Test
  void published_snapshot_is_offered_and_does_not_boot_by_itself() throws IOException {
    publishTwo();
    assertThat(loader.state().published()).containsExactly(1, 2);
    assertThat(loader.state().isDefault()).hasValue(1);
    assertThat(loader.state().trial()).isEmpty();
  }

  @Test
  void default_is_what_was_made_it_last() throws IOException {
    publishTwo();
    loader.makeDefault(2);
    assertThat(loader.state().isDefault()).hasValue(2);
    loader.makeDefault(1);
    assertThat(loader.state().isDefault()).hasValue(1);
    assertThat(loader.state().published()).containsExactly(1, 2);
  }

  @Test
  void snapshot_on_trial_leaves_the_default_as_it_is() throws IOException {
    publishTwo();
    if (!counts()) {
      assertThatThrownBy(() -> loader.arm(2, 3)).hasMessageContaining("can't count");
      return;
    }
    loader.arm(2, 3);
    assertThat(loader.state().isDefault()).hasValue(1);
    assertThat(loader.state().trial().orElseThrow().number()).isEqualTo(2);
    assertThat(loader.state().published()).containsExactly(1, 2);
  }

  @Test
  void trial_ends_when_it_becomes_the_default() throws IOException {
    publishTwo();
    if (counts()) {
      loader.arm(2, 3);
      loader.makeDefault(2);
      assertThat(loader.state().trial()).isEmpty();
      assertThat(loader.state().isDefault()).hasValue(2);
    }
  }

  @Test
  void trial_ends_when_another_takes_its_place_and_when_it_is_called_off() throws IOException {
    publishTwo();
    loader.publish(fixture.entry(3, "three"));
    if (counts()) {
      loader.arm(2, 3);
      loader.arm(3, 2);
      assertThat(loader.state().trial().orElseThrow().number()).isEqualTo(3);
      loader.disarm();
      assertThat(loader.state().trial()).isEmpty();
      assertThat(loader.state().isDefault()).hasValue(1);
      assertThat(loader.state().published()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void older_snapshot_can_be_on_trial_too() throws IOException {
    publishTwo();
    loader.makeDefault(2);
    if (counts()) {
      loader.arm(1, 1);
      assertThat(loader.state().trial().orElseThrow().number()).isEqualTo(1);
      assertThat(loader.state().isDefault()).hasValue(2);
    }
  }

  @Test
  void same_files_are_there_once_and_stay_as_long_as_somebody_has_them() throws IOException {
    publishTwo();
    loader.publish(fixture.entry(3, "two"));
    assertThat(fixture.sets()).hasSize(2);
    loader.retract(Set.of(2));
    assertThat(fixture.sets()).hasSize(2);
    assertThat(loader.state().published()).containsExactly(1, 3);
    loader.retract(Set.of(3));
    assertThat(fixture.sets()).hasSize(1);
  }

  @Test
  void what_is_taken_away_leaves_nothing() throws IOException {
    loader.publish(fixture.entry(1, "one"));
    loader.makeDefault(1);
    Map<String, String> before = fixture.everything();
    loader.publish(fixture.entry(2, "two"));
    loader.retract(Set.of(2));
    assertThat(fixture.everything()).isEqualTo(before);
  }

  @Test
  void default_and_trial_keep_their_files() throws IOException {
    publishTwo();
    assertThatThrownBy(() -> loader.retract(Set.of(1))).hasMessageContaining("Snapshot 1");
    if (counts()) {
      loader.arm(2, 1);
      assertThatThrownBy(() -> loader.retract(Set.of(2))).hasMessageContaining("Snapshot 2");
    }
    assertThat(loader.state().published()).containsExactly(1, 2);
    assertThatThrownBy(() -> loader.publish(fixture.entry(1, "another")))
        .hasMessageContaining("can't be replaced now");
    assertThat(loader.state().published()).containsExactly(1, 2);
  }

  @Test
  void publishing_again_changes_nothing() throws IOException {
    publishTwo();
    Map<String, String> before = fixture.everything();
    loader.publish(fixture.entry(1, "one"));
    loader.publish(fixture.entry(2, "two"));
    loader.makeDefault(1);
    assertThat(fixture.everything()).isEqualTo(before);
  }

  @Test
  void half_written_files_of_a_run_that_was_cut_off_are_made_anew() throws IOException {
    publishTwo();
    Map<String, String> whole = fixture.everything();
    loader.retract(Set.of(2));
    loader.publish(fixture.entry(2, "two"));
    String linux =
        whole.keySet().stream()
            .filter(
                path ->
                    path.endsWith("/linux") && whole.getOrDefault(path, "").equals("kernel two"))
            .findFirst()
            .orElseThrow();
    Files.delete(fixture.boot.resolve(linux).resolveSibling("tiu-set"));
    Files.writeString(fixture.boot.resolve(linux), "ker");
    loader.publish(fixture.entry(2, "two"));
    assertThat(fixture.everything()).isEqualTo(whole);
  }

  @Test
  void files_that_nobody_points_at_are_swept_away_with_the_next_one_taken() throws IOException {
    publishTwo();
    Path left = Files.createDirectory(fixture.boot.resolve("tiu/0123456789abcdef"));
    Files.writeString(left.resolve("linux"), "half");
    loader.retract(Set.of(2));
    assertThat(left).doesNotExist();
  }

  @Test
  void what_isnt_published_cannot_boot() throws IOException {
    publishTwo();
    assertThatThrownBy(() -> loader.makeDefault(9)).hasMessageContaining("no files of snapshot 9");
    assertThatThrownBy(() -> loader.arm(9, 3)).hasMessageContaining("no files of snapshot 9");
    assertThat(loader.state().isDefault()).hasValue(1);
  }

  @Test
  void nothing_is_tried_without_a_default_to_go_back_to() throws IOException {
    loader.publish(fixture.entry(1, "one"));
    assertThatThrownBy(() -> loader.arm(1, 3)).hasMessageContaining("no default to go back to");
    loader.makeDefault(1);
    assertThatThrownBy(() -> loader.arm(1, 3)).hasMessageContaining("can't be on trial");
  }

  @Test
  void loader_is_told_by_what_lies_there() throws IOException {
    publishTwo();
    Optional<BootLoaders.Kind> kind =
        new BootLoaders(fixture.partition, false, Optional.empty()).detect();
    assertThat(kind.orElseThrow().label()).isEqualTo(loader.name());
  }

  @Test
  void room_that_is_needed_is_none_for_files_that_are_there() throws IOException {
    publishTwo();
    assertThat(loader.missingBytes(fixture.entry(3, "two"))).isZero();
    assertThat(loader.missingBytes(fixture.entry(3, "three"))).isZero();
  }
}

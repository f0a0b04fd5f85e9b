package dev.tiu.etcmerge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.etcmerge.ValidationEntry.FellBack;
import dev.tiu.etcmerge.ValidationEntry.Outcome;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.RoomOutcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ValidationTest {
  /** Paths whose local version is live, and those that are the image's. */
  private static final class FakeFallback implements Fallback {
    final Set<String> local = new HashSet<>();
    final Set<String> images = new HashSet<>();

    @Override
    public Optional<BytePath> toLocal(BytePath path) {
      assertThat(local.add(path.toString())).isTrue();
      return Optional.of(BytePath.of(path + ".tiu-new"));
    }

    @Override
    public void toMerged(BytePath path) {
      assertThat(local.remove(path.toString())).isTrue();
    }

    @Override
    public boolean isImages(BytePath path) {
      return images.contains(path.toString());
    }
  }

  private final FakeFallback fallback = new FakeFallback();
  private final FakeTools sayYes = new FakeTools(argv -> FakeTools.yes());

  /** A tool to which all is valid once these paths have fallen back. */
  private FakeTools validWith(String... paths) {
    return new FakeTools(
        argv ->
            fallback.local.containsAll(List.of(paths))
                ? FakeTools.yes()
                : FakeTools.no("a\nline 3: syntax error\n"));
  }

  private ValidationEntry run(Tools tools, String... changed) throws IOException {
    List<BytePath> paths = Stream.of(changed).map(BytePath::of).toList();
    List<ValidationEntry> entries = Validation.run(paths, tools, fallback);
    assertThat(entries).hasSize(1);
    return entries.get(0);
  }

  private static FellBack fellBack(String path) {
    return new FellBack(BytePath.of(path), Optional.of(BytePath.of(path + ".tiu-new")));
  }

  @Test
  void valid_merge_stays() throws Exception {
    ValidationEntry entry = run(sayYes, "sudoers");
    assertThat(entry.outcome()).isEqualTo(Outcome.VALID);
    assertThat(entry.words()).isEmpty();
    assertThat(sayYes.runs).hasSize(1);
    assertThat(fallback.local).isEmpty();
  }

  @Test
  void invalid_merge_falls_back_and_says_why() throws Exception {
    ValidationEntry entry = run(validWith("sudoers"), "sudoers");
    assertThat(entry.outcome()).isEqualTo(Outcome.FELL_BACK);
    assertThat(entry.outcome().isConflict()).isTrue();
    assertThat(entry.fellBack()).containsExactly(fellBack("sudoers"));
    assertThat(entry.words()).containsExactly("a", "line 3: syntax error");
    assertThat(fallback.local).containsExactly("sudoers");
  }

  @Test
  void only_what_is_invalid_falls_back() throws Exception {
    ValidationEntry entry =
        run(validWith("sudoers.d/b"), "sudoers.d/a", "sudoers.d/b", "sudoers.d/c", "sudoers");
    assertThat(entry.fellBack()).containsExactly(fellBack("sudoers.d/b"));
    assertThat(fallback.local).containsExactly("sudoers.d/b");
  }

  @Test
  void files_that_are_invalid_together_both_fall_back() throws Exception {
    run(validWith("sudoers.d/a", "sudoers.d/c"), "sudoers.d/a", "sudoers.d/b", "sudoers.d/c");
    assertThat(fallback.local).containsExactlyInAnyOrder("sudoers.d/a", "sudoers.d/c");
  }

  @Test
  void accounts_fall_back_as_one() throws Exception {
    ValidationEntry entry = run(validWith("passwd"), "passwd", "shadow");
    assertThat(entry.fellBack()).containsExactly(fellBack("passwd"), fellBack("shadow"));
  }

  @Test
  void of_very_many_files_all_fall_back() throws Exception {
    String[] many =
        Stream.iterate(10, i -> i + 1).limit(40).map(i -> "sudoers.d/" + i).toArray(String[]::new);
    FakeTools tools = validWith("sudoers.d/20");
    assertThat(run(tools, many).fellBack()).hasSize(40);
    assertThat(tools.runs).hasSize(2);
  }

  @Test
  void merge_is_kept_where_the_local_version_is_no_better() throws Exception {
    ValidationEntry entry = run(new FakeTools(argv -> FakeTools.no("")), "passwd", "shadow");
    assertThat(entry.outcome()).isEqualTo(Outcome.INVALID_ANYWAY);
    assertThat(entry.words()).containsExactly("exit code 1");
    assertThat(entry.fellBack()).isEmpty();
    assertThat(fallback.local).isEmpty();
  }

  @Test
  void unit_that_is_the_images_own_is_no_merges_fault() throws Exception {
    fallback.images.add("systemd/system/a.service");
    ValidationEntry entry = run(validWith("systemd/system/a.service"), "systemd/system/a.service");
    assertThat(entry.outcome()).isEqualTo(Outcome.INVALID_IN_IMAGE);
    assertThat(fallback.local).isEmpty();
    entry =
        run(
            validWith("systemd/system/a.service.d/x"),
            "systemd/system/a.service",
            "systemd/system/a.service.d/x");
    assertThat(entry.fellBack()).containsExactly(fellBack("systemd/system/a.service.d/x"));
  }

  @Test
  void validator_that_fails_itself_changes_nothing() throws Exception {
    List<RoomOutcome> outcomes =
        List.of(
            new RoomOutcome.TimedOut(Duration.ofSeconds(5), "waiting\n"),
            new RoomOutcome.CannotRun("/usr/sbin/visudo: built for another machine"));
    List<List<String>> words = new ArrayList<>();
    for (RoomOutcome outcome : outcomes) {
      ValidationEntry entry = run(new FakeTools(argv -> outcome), "sudoers");
      assertThat(entry.outcome()).isEqualTo(Outcome.NOT_JUDGED);
      words.add(entry.words());
    }
    assertThat(words)
        .containsExactly(
            List.of("waiting", "visudo did not end within 5 s"),
            List.of("/usr/sbin/visudo: built for another machine"));
    FakeTools broken =
        new FakeTools(
            argv -> {
              throw new IOException("no namespaces");
            });
    assertThat(run(broken, "sudoers").words()).containsExactly("no namespaces");
    assertThat(fallback.local).isEmpty();
  }

  @Test
  void failure_while_the_local_version_is_judged_leaves_the_merge() throws Exception {
    FakeTools tools =
        new FakeTools(
            argv -> {
              if (!fallback.local.isEmpty()) {
                throw new IOException("no memory");
              }
              return FakeTools.no("invalid");
            });
    assertThat(run(tools, "sudoers", "sudoers.d/x").outcome()).isEqualTo(Outcome.INVALID_ANYWAY);
    assertThat(fallback.local).isEmpty();
  }

  @Test
  void interruption_is_no_verdict() {
    FakeTools tools =
        new FakeTools(
            argv -> {
              Thread.currentThread().interrupt();
              throw new IOException("interrupted");
            });
    assertThatThrownBy(() -> run(tools, "sudoers")).hasMessage("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void image_without_the_validator_is_told_apart() throws Exception {
    Tools none =
        new Tools() {
          @Override
          public boolean has(String program) {
            return false;
          }

          @Override
          public RoomOutcome run(List<String> argv) {
            throw new AssertionError(argv);
          }
        };
    ValidationEntry entry = run(none, "sudoers");
    assertThat(entry.outcome()).isEqualTo(Outcome.NO_VALIDATOR);
    assertThat(entry.outcome().isConflict()).isFalse();
    assertThat(Validation.run(List.of(BytePath.of("hosts")), none, fallback)).isEmpty();
  }
}

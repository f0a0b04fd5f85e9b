package dev.tiu;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tiu.boot.loader.LoaderState;
import dev.tiu.boot.loader.LoaderState.Trial;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a boot loader offers and would do, as {@code --json} shows it.
 *
 * @param loader its name, and where its partition is mounted
 * @param published the snapshots that it can start
 * @param isDefault what it starts as a rule
 * @param trial what it tries before that
 * @param triesLeft of the trial; 0 if it is over, or on its last boot
 * @param weakness of the way in which a trial ends here
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record BootView(
    String loader,
    List<Integer> published,
    @Nullable Integer isDefault,
    @Nullable Integer trial,
    @Nullable Integer triesLeft,
    @Nullable String weakness) {

  BootView {
    published = List.copyOf(published);
  }

  static Optional<BootView> of(Boot boot) throws IOException {
    Optional<LoaderState> state = boot.state();
    if (state.isEmpty()) {
      return Optional.empty();
    }
    Optional<Trial> trial = state.get().trial();
    return Optional.of(
        new BootView(
            boot.describe().orElseThrow(),
            List.copyOf(state.get().published()),
            state.get().isDefault().isPresent() ? state.get().isDefault().getAsInt() : null,
            trial.map(Trial::number).orElse(null),
            trial.map(Trial::triesLeft).orElse(null),
            boot.weakness().orElse(null)));
  }

  /** For people: {@code on trial, 2 boots left}; empty of another snapshot. */
  Optional<String> trialOf(int number) {
    if (trial == null || trial != number || triesLeft == null) {
      return Optional.empty();
    }
    return Optional.of("on trial, " + Console.count(triesLeft, "boot") + " left");
  }
}

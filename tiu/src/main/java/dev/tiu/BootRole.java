package dev.tiu;

import dev.tiu.boot.loader.LoaderState.Trial;
import dev.tiu.snapshot.Snapshot;
import java.io.IOException;
import java.util.Optional;

/** Why the system that runs is the one that does. */
enum BootRole {
  /** It is the default. */
  DEFAULT,
  /** It is being tried. */
  TRIAL,
  /** Somebody chose it in the boot loader's menu. */
  CHOSEN;

  static BootRole of(Snapshot booted, Boot boot) throws IOException {
    if (booted.isDefault()) {
      return DEFAULT;
    }
    Optional<Trial> trial = boot.trial();
    return trial.filter(t -> t.number() == booted.number()).isPresent() ? TRIAL : CHOSEN;
  }
}

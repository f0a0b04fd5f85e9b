package dev.tiu.snapshot;

import java.util.Locale;
import java.util.Optional;

/** Where a snapshot stands between its first byte and its verdict. */
public enum SnapshotState {
  /** Being made; nothing may boot it. A later command goes on with it or removes it. */
  BUILDING,
  /** Complete, synced and sealed; not yet chosen. */
  STAGED,
  /** Booted on trial, without a verdict. */
  TRYING,
  /** May be booted at any time. */
  GOOD,
  /** Proved unfit; the reason stands in its info. */
  BAD;

  /** How the state is written in info.xml and shown to people. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The state written as {@code label}, or empty if there is none. */
  static Optional<SnapshotState> ofLabel(String label) {
    for (SnapshotState state : values()) {
      if (state.label().equals(label)) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }

  /** Whether the snapshot is whole, so that a machine may be sent into it. */
  public boolean isBootable() {
    return this != BUILDING && this != BAD;
  }
}

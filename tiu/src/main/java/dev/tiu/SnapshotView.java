package dev.tiu;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tiu.snapshot.ImageReference;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotState;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot as {@code --json} shows it; what isn't known is left out.
 *
 * @param state of one that tiu made
 * @param subvolumeId btrfs id of its root
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SnapshotView(
    int number,
    @Nullable String state,
    @Nullable String version,
    @Nullable String image,
    @Nullable Integer base,
    String date,
    String description,
    @Nullable String reason,
    @Nullable Long subvolumeId,
    boolean isDefault,
    boolean isBooted) {

  static SnapshotView of(Snapshot snapshot) {
    Optional<ImageReference> image = snapshot.info().image();
    OptionalInt base = snapshot.info().base();
    Instant date = snapshot.info().date();
    return new SnapshotView(
        snapshot.number(),
        snapshot.info().state().map(SnapshotState::label).orElse(null),
        image.map(ImageReference::version).orElse(null),
        image.map(ImageReference::id).orElse(null),
        base.isPresent() ? base.getAsInt() : null,
        date.toString(),
        snapshot.info().description(),
        snapshot.info().reason().orElse(null),
        snapshot.root().map(root -> root.id()).orElse(null),
        snapshot.isDefault(),
        snapshot.isBooted());
  }

  /** {@code default}, {@code booted}, both or nothing. */
  String marks() {
    if (isDefault && isBooted) {
      return "default, booted";
    }
    return isDefault ? "default" : isBooted ? "booted" : "";
  }
}

package dev.tiu;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tiu.snapshot.ImageReference;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot as {@code --json} shows it; what isn't known is left out.
 *
 * @param state of one that tiu made
 * @param isAdopted whether it is of a system that was there before tiu, and has no version
 * @param subvolumeId btrfs id of its root
 * @param keepsVar whether it keeps the /var that its system used last
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
    boolean isAdopted,
    @Nullable Long subvolumeId,
    boolean isDefault,
    boolean isBooted,
    boolean keepsVar) {

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
        snapshot.isAdopted(),
        snapshot.root().map(root -> root.id()).orElse(null),
        snapshot.isDefault(),
        snapshot.isBooted(),
        snapshot.keptVar().isPresent());
  }

  /** For people: {@code version 7}, or that it has none. */
  String versionText() {
    return isAdopted ? "adopted" : "version " + Optional.ofNullable(version).orElse("unknown");
  }

  /** Those of {@code default}, {@code booted} and {@code keeps /var} that are so, after others. */
  String marks(List<String> others) {
    List<String> marks = new ArrayList<>(others);
    if (isDefault) {
      marks.add("default");
    }
    if (isBooted) {
      marks.add("booted");
    }
    if (keepsVar) {
      marks.add("keeps /var");
    }
    return String.join(", ", marks);
  }
}

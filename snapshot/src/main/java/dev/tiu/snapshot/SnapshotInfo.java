package dev.tiu.snapshot;

import dev.tiu.linux.BytePath;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What info.xml says of a snapshot, in snapper's terms: our own state lies in its userdata.
 *
 * @param number of the snapshot; its directory has the same name
 * @param type snapper's: single, pre or post
 * @param preNumber of a post snapshot
 * @param date to the second, as snapper keeps it
 * @param uid of who made it, where snapper noted one
 * @param cleanup snapper's clean-up algorithm; ours have none, so that only tiu removes them
 * @param userdata what snapper keeps for others; keys starting with {@code tiu-} are ours
 */
public record SnapshotInfo(
    int number,
    String type,
    OptionalInt preNumber,
    Instant date,
    OptionalInt uid,
    String description,
    Optional<String> cleanup,
    SortedMap<String, String> userdata) {

  private static final String STATE = "tiu-state";
  private static final String VERSION = "tiu-version";
  private static final String IMAGE = "tiu-image";
  private static final String BASE = "tiu-base";
  private static final String REASON = "tiu-reason";
  private static final String ROOT_SEAL = "tiu-seal-root";
  private static final String ETC_SEAL = "tiu-seal-etc";
  private static final String IMAGE_OWNED = "tiu-image-owned";
  private static final String ADOPTED = "tiu-adopted";

  public SnapshotInfo {
    if (number < 1) {
      throw new IllegalArgumentException("snapshot number " + number);
    }
    date = date.truncatedTo(ChronoUnit.SECONDS);
    userdata = Collections.unmodifiableSortedMap(new TreeMap<>(userdata));
  }

  /** A snapshot of ours that is about to be built. */
  public static SnapshotInfo building(
      int number, Instant date, String description, ImageReference image, OptionalInt base) {
    TreeMap<String, String> userdata = new TreeMap<>();
    userdata.put(STATE, SnapshotState.BUILDING.label());
    userdata.put(VERSION, image.version());
    userdata.put(IMAGE, image.id());
    base.ifPresent(n -> userdata.put(BASE, Integer.toString(n)));
    return single(number, date, description, userdata);
  }

  /**
   * A snapshot of a system that no image of ours made, about to be built.
   *
   * @param architecture of its programs, as {@code uname -m} says it
   */
  static SnapshotInfo adopting(int number, Instant date, String description, String architecture) {
    TreeMap<String, String> userdata = new TreeMap<>();
    userdata.put(STATE, SnapshotState.BUILDING.label());
    userdata.put(ADOPTED, architecture);
    return single(number, date, description, userdata);
  }

  private static SnapshotInfo single(
      int number, Instant date, String description, SortedMap<String, String> userdata) {
    return new SnapshotInfo(
        number,
        "single",
        OptionalInt.empty(),
        date,
        OptionalInt.empty(),
        description,
        Optional.empty(),
        userdata);
  }

  /** Our state, or empty if tiu didn't make this snapshot. */
  public Optional<SnapshotState> state() {
    return Optional.ofNullable(userdata.get(STATE)).flatMap(SnapshotState::ofLabel);
  }

  /** The architecture of a system that was adopted; empty of any other snapshot. */
  public Optional<String> adoptedArchitecture() {
    return Optional.ofNullable(userdata.get(ADOPTED));
  }

  /** The image it was made from, or empty if there is none, or tiu didn't make this snapshot. */
  public Optional<ImageReference> image() {
    String id = userdata.get(IMAGE);
    String version = userdata.get(VERSION);
    return id == null || version == null
        ? Optional.empty()
        : Optional.of(new ImageReference(id, version));
  }

  /** The snapshot it was made from. */
  public OptionalInt base() {
    String base = userdata.get(BASE);
    return base != null && base.matches("[1-9][0-9]{0,8}")
        ? OptionalInt.of(Integer.parseInt(base))
        : OptionalInt.empty();
  }

  /** Why it is {@link SnapshotState#BAD}. */
  public Optional<String> reason() {
    return Optional.ofNullable(userdata.get(REASON));
  }

  /** What its root was when it was sealed. */
  Optional<Seal> rootSeal() {
    return Optional.ofNullable(userdata.get(ROOT_SEAL)).flatMap(Seal::parse);
  }

  /** What its /etc as shipped was when it was sealed. */
  Optional<Seal> etcSeal() {
    return Optional.ofNullable(userdata.get(ETC_SEAL)).flatMap(Seal::parse);
  }

  /** Where its image has links in /var to what it owns. */
  List<BytePath> imageOwned() {
    List<BytePath> paths = new ArrayList<>();
    for (String path : userdata.getOrDefault(IMAGE_OWNED, "").split(" ", -1)) {
      if (path.matches("var(/[^/.][^/]*)+")) {
        paths.add(BytePath.of(path));
      }
    }
    return paths;
  }

  /** The same snapshot with a note of those. */
  SnapshotInfo owning(List<BytePath> paths) {
    TreeMap<String, String> changed = new TreeMap<>(userdata);
    changed.remove(IMAGE_OWNED);
    if (!paths.isEmpty()) {
      changed.put(
          IMAGE_OWNED, paths.stream().map(BytePath::toString).collect(Collectors.joining(" ")));
    }
    return withUserdata(changed);
  }

  /** The same snapshot in another state; an earlier reason goes. */
  public SnapshotInfo withState(SnapshotState state) {
    TreeMap<String, String> changed = new TreeMap<>(userdata);
    changed.put(STATE, state.label());
    changed.remove(REASON);
    return withUserdata(changed);
  }

  /** The same snapshot, whole, with what the kernel shows of its parts. */
  SnapshotInfo sealed(Seal root, Seal etc) {
    TreeMap<String, String> changed = new TreeMap<>(withState(SnapshotState.STAGED).userdata);
    changed.put(ROOT_SEAL, root.toString());
    changed.put(ETC_SEAL, etc.toString());
    return withUserdata(changed);
  }

  /** The same snapshot, after its root was changed as it should be. */
  SnapshotInfo withRootSeal(Seal root) {
    TreeMap<String, String> changed = new TreeMap<>(userdata);
    changed.put(ROOT_SEAL, root.toString());
    return withUserdata(changed);
  }

  /** The same snapshot, marked bad for {@code reason}. */
  public SnapshotInfo markedBad(String reason) {
    TreeMap<String, String> changed = new TreeMap<>(userdata);
    changed.put(STATE, SnapshotState.BAD.label());
    changed.put(REASON, reason);
    return withUserdata(changed);
  }

  private SnapshotInfo withUserdata(SortedMap<String, String> changed) {
    return new SnapshotInfo(number, type, preNumber, date, uid, description, cleanup, changed);
  }
}

package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import java.util.Optional;

/**
 * What the merge did with one path.
 *
 * @param path below /etc
 * @param beside where the version lies, below /etc, that isn't live
 * @param detail what more there is to say
 */
public record MergeEntry(
    BytePath path, Outcome outcome, Optional<BytePath> beside, Optional<String> detail) {
  static MergeEntry of(BytePath path, Outcome outcome) {
    return new MergeEntry(path, outcome, Optional.empty(), Optional.empty());
  }

  MergeEntry withBeside(BytePath other) {
    return new MergeEntry(path, outcome, Optional.of(other), detail);
  }

  MergeEntry withDetail(String text) {
    return new MergeEntry(path, outcome, beside, Optional.of(text));
  }

  /** What became of a path that the image changed. */
  public enum Outcome {
    /** Only the image changed it: the new version is live. */
    UPDATED("updated from the image"),
    /** Owner, mode or xattrs that only the image changed are its, the content is as it was here. */
    UPDATED_METADATA("owner or mode updated from the image"),
    /** The image brought it, and it wasn't there. */
    ADDED("added by the image"),
    /** The image dropped it, and nobody had changed it here. */
    REMOVED("removed by the image"),
    /** Both changed it, and both changes are live. */
    MERGED("changed here and in the image: both changes are in it"),
    /** The device's own entries were put right in it. */
    COMPLETED("what is the device's own in it was put right"),
    /** A tool makes it in the new system. */
    REGENERATED("made anew for the new system"),
    /** By policy the device's stays, though the image changed it. */
    PINNED("pinned: yours is live, though the image changed it"),
    /** By policy the image's is live; the local one lies beside it. */
    OVERRULED("changed here, but the image's by policy: yours is beside it"),
    /** The image has a directory where the device has a file: that lies beside it. */
    MADE_WAY("the image has a directory here: that is live, yours is beside it"),
    /** A socket, a FIFO or a device, which only a running program has a use for. */
    LEFT_OUT("made here, and no file, directory or link: left out"),
    /** A link of the device's that leads nowhere in the new system. */
    DANGLING("linked here, but the new system has nothing there: your link is kept"),
    /** A link that was changed here to what the new system no longer has. */
    TARGET_GONE("linked here to what the new system no longer has: the image's is live"),
    /** Both changed a link by which units or programs are chosen. */
    KEPT_CHOICE("linked otherwise here and in the image: yours is kept"),
    /** Both changed the mode: what either forbids is forbidden. */
    STRICTER_MODE("mode changed here and in the image: the stricter one is set"),
    /** Both changed it in places that touch: the local one is live, the image's lies beside it. */
    KEPT_LOCAL("changed here and in the image: yours is live, the image's is beside it"),
    /** It was removed here, and the image changed it: the image's lies beside its old place. */
    KEPT_REMOVED("removed here, changed in the image: the image's is beside its old place"),
    /** The image dropped it, but it was changed here. */
    KEPT_THOUGH_DROPPED("changed here, dropped by the image: yours is kept"),
    /** A link that the image dropped with what it leads to, which was changed here. */
    KEPT_LINK("dropped by the image, but it leads to what was changed here: kept"),
    /** Both changed the owner, mode or xattrs: the local ones stay. */
    KEPT_LOCAL_METADATA("owner or mode changed here and in the image: yours are kept");

    private final String sentence;

    Outcome(String sentence) {
      this.sentence = sentence;
    }

    /** For people. */
    public String sentence() {
      return sentence;
    }

    /** Whether what is live isn't what the device had. */
    public boolean changesLive() {
      return switch (this) {
        case UPDATED,
            UPDATED_METADATA,
            ADDED,
            REMOVED,
            MERGED,
            COMPLETED,
            REGENERATED,
            OVERRULED,
            MADE_WAY,
            LEFT_OUT,
            TARGET_GONE,
            STRICTER_MODE ->
            true;
        case PINNED,
            DANGLING,
            KEPT_LOCAL,
            KEPT_CHOICE,
            KEPT_REMOVED,
            KEPT_THOUGH_DROPPED,
            KEPT_LINK,
            KEPT_LOCAL_METADATA ->
            false;
      };
    }

    /** Whether somebody should look at it. */
    public boolean isConflict() {
      return switch (this) {
        case UPDATED, UPDATED_METADATA, ADDED, REMOVED, MERGED, COMPLETED, REGENERATED, PINNED ->
            false;
        case OVERRULED,
            MADE_WAY,
            LEFT_OUT,
            DANGLING,
            TARGET_GONE,
            KEPT_CHOICE,
            STRICTER_MODE,
            KEPT_LOCAL,
            KEPT_REMOVED,
            KEPT_THOUGH_DROPPED,
            KEPT_LINK,
            KEPT_LOCAL_METADATA ->
            true;
      };
    }
  }
}

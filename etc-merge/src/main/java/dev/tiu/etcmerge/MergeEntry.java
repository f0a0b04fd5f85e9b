package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import java.util.Optional;

/**
 * What the merge did with one path.
 *
 * @param path below /etc
 * @param beside where the image's version lies, below /etc, if it isn't live
 */
public record MergeEntry(BytePath path, Outcome outcome, Optional<BytePath> beside) {
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
    /** Both changed it: the local one is live, the image's lies beside it. */
    KEPT_LOCAL("changed here and in the image: yours is live, the image's is beside it"),
    /** It was removed here, and the image changed it: the image's lies beside its old place. */
    KEPT_REMOVED("removed here, changed in the image: the image's is beside its old place"),
    /** The image dropped it, but it was changed here. */
    KEPT_THOUGH_DROPPED("changed here, dropped by the image: yours is kept"),
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

    /** Whether somebody should look at it. */
    public boolean isConflict() {
      return switch (this) {
        case UPDATED, UPDATED_METADATA, ADDED, REMOVED -> false;
        case KEPT_LOCAL, KEPT_REMOVED, KEPT_THOUGH_DROPPED, KEPT_LOCAL_METADATA -> true;
      };
    }
  }
}

package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.util.Optional;

/** Puts the device's own version of a path in the merged one's place, and back. */
public interface Fallback {
  /**
   * Makes live what the device had there, nothing where it had nothing; the merged version is
   * beside it then.
   *
   * @return where it lies, below /etc, unless the merge had removed the path
   */
  Optional<BytePath> toLocal(BytePath path) throws IOException;

  /** Undoes {@link #toLocal}. */
  void toMerged(BytePath path) throws IOException;

  /** Whether what is live there has just the content that the image ships. */
  boolean isImages(BytePath path) throws IOException;
}

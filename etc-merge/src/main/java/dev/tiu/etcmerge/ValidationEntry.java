package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import java.util.List;
import java.util.Optional;

/**
 * What a validator said of merged files, and what was done.
 *
 * @param validator its name
 * @param paths what it judged of what the merge changed, below /etc, sorted
 * @param fellBack those of them of which the device's version is live
 * @param words the tool's last lines about the merged files, or why it said nothing
 */
public record ValidationEntry(
    String validator,
    List<BytePath> paths,
    Outcome outcome,
    List<FellBack> fellBack,
    List<String> words) {

  /**
   * A path of which the device's version is live.
   *
   * @param beside where the merged version lies, below /etc, unless the merge had removed the path
   */
  public record FellBack(BytePath path, Optional<BytePath> beside) {}

  /** What became of the merged files. */
  public enum Outcome {
    /** They are valid. */
    VALID("valid"),
    /** They weren't, and the device's own are. */
    FELL_BACK("invalid when merged: yours is live, the merged one is beside it"),
    /** They aren't, but neither would the device's own be: the merge isn't to blame. */
    INVALID_ANYWAY("invalid, with your version too: the merged one is live"),
    /** They aren't, but are the image's own. */
    INVALID_IN_IMAGE("invalid as the image ships it"),
    /** The image doesn't have the validator. */
    NO_VALIDATOR("not checked: the image has no tool for it"),
    /** The validator didn't come to a verdict. */
    NOT_JUDGED("not checked: the tool didn't come to an end");

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
        case VALID, NO_VALIDATOR -> false;
        case FELL_BACK, INVALID_ANYWAY, INVALID_IN_IMAGE, NOT_JUDGED -> true;
      };
    }
  }

  public ValidationEntry {
    paths = List.copyOf(paths);
    fellBack = List.copyOf(fellBack);
    words = List.copyOf(words);
  }
}

package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import java.util.List;
import java.util.NavigableSet;

/**
 * One run of a validator.
 *
 * @param validator its name for people
 * @param needs programs without which it can't be run
 * @param argv exits with 0 where all is valid
 * @param paths those that it judges and that the merge has changed
 */
record Check(
    String validator,
    List<String> needs,
    List<String> argv,
    NavigableSet<BytePath> paths,
    Blame blame) {

  /** Which of the paths may fall back when it fails. */
  enum Blame {
    /** Each on its own: those that are valid with the rest stay merged. */
    EACH,
    /** All or none: they describe the same things. */
    TOGETHER,
    /** Each that isn't just what the image ships, which is no merge's work. */
    MERGED
  }
}

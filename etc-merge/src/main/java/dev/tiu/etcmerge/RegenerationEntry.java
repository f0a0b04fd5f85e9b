package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import java.util.List;

/**
 * What became of files that a tool makes.
 *
 * @param name what they are, for people
 * @param paths below /etc
 * @param words the tool's last lines where it failed
 */
public record RegenerationEntry(
    String name, List<BytePath> paths, Outcome outcome, List<String> words) {

  /** How it ended. */
  public enum Outcome {
    /** They are as the tool makes them from what is there now. */
    MADE("made anew"),
    /** The tool failed or hung: they are as the merge left them. */
    FAILED("could not be made anew: they are as before"),
    /** The image has no tool for them: they are as the merge left them. */
    NO_TOOL("not made anew: the image has no tool for it");

    private final String sentence;

    Outcome(String sentence) {
      this.sentence = sentence;
    }

    /** For people. */
    public String sentence() {
      return sentence;
    }
  }

  /** Whether that path is one of them, or lies in one. */
  public boolean concerns(BytePath path) {
    return paths.stream().anyMatch(path::startsWith);
  }

  public RegenerationEntry {
    paths = List.copyOf(paths);
    words = List.copyOf(words);
  }
}

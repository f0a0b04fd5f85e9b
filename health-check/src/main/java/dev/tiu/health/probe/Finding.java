package dev.tiu.health.probe;

/**
 * What a probe saw.
 *
 * @param isGood whether it is as it should be
 * @param detail one line for people
 * @param output the end of what a program said, if one was run
 */
public record Finding(boolean isGood, String detail, String output) {
  /** Makes one line of several. */
  public Finding {
    detail = detail.strip().replaceAll("\\s*\\R\\s*", "; ");
  }

  /** As it should be. */
  public static Finding good(String detail) {
    return new Finding(true, detail, "");
  }

  /** Not as it should be. */
  public static Finding bad(String detail) {
    return new Finding(false, detail, "");
  }

  /** Good if that holds. */
  public static Finding of(boolean isGood, String detail) {
    return new Finding(isGood, detail, "");
  }
}

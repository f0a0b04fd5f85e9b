package dev.tiu.health.probe;

/**
 * What a probe saw.
 *
 * @param isGood whether it is as it should be
 * @param detail one line for people
 * @param output the end of what a program said, if one was run
 * @param mayChange whether another look soon may be worth it, if this one isn't good
 */
public record Finding(boolean isGood, String detail, String output, boolean mayChange) {
  /** Makes one line of several. */
  public Finding {
    detail = detail.strip().replaceAll("\\s*\\R\\s*", "; ");
  }

  /** What may be otherwise at the next look. */
  public Finding(boolean isGood, String detail, String output) {
    this(isGood, detail, output, true);
  }

  /** Not as it should be, and it won't be soon. */
  public static Finding bad(String detail, boolean mayChange) {
    return new Finding(false, detail, "", mayChange);
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

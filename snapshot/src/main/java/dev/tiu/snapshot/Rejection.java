package dev.tiu.snapshot;

/**
 * An image that proved unfit on this device.
 *
 * @param snapshot the one that had it, which may be gone by now
 * @param reason why, in one line
 */
public record Rejection(ImageReference image, int snapshot, String reason) {
  private static final int MOST_CHARACTERS = 1000;

  /** Keeps the reason in one line that isn't too long. */
  public Rejection {
    String line = reason.replaceAll("\\p{Cntrl}+", " ").strip();
    reason = line.substring(0, Math.min(MOST_CHARACTERS, line.length()));
  }
}

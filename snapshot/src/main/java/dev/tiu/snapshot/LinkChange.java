package dev.tiu.snapshot;

import dev.tiu.linux.BytePath;

/**
 * What was changed in the shared {@code /var} so that it fits the system that boots.
 *
 * @param path below {@code @}, which is below {@code /} on a running system
 * @param aside where the device's own is kept, or was
 */
public record LinkChange(Kind kind, BytePath path, BytePath aside) {
  /** What was done. */
  public enum Kind {
    /** The device's own made room for the image's link. */
    SET_ASIDE,
    /** The image has no link there: the device's own came back. */
    PUT_BACK,
    /** The image has no link there, and nothing was kept: what the image has came. */
    TAKEN_FROM_IMAGE
  }
}

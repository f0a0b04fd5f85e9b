package dev.tiu.bundle;

import dev.tiu.linux.BytePath;

/**
 * What was done to the tree on its way into the image, beside packing it.
 *
 * @param path of the entry or directory
 * @param what happened to it, and why: {@code left out: random seeds must never be shared}
 */
public record Note(BytePath path, String what) {
  /** For people. */
  @Override
  public String toString() {
    return path + ": " + what;
  }
}

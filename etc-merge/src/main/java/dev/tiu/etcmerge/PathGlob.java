package dev.tiu.etcmerge;

import dev.tiu.linux.Glob;

/** A pattern for whole paths below /etc, as {@link Glob#ofPath} reads it. */
public record PathGlob(String text) {
  /** What a pattern may not be: absolute, empty, or with a way up. */
  public PathGlob {
    if (text.isEmpty() || text.startsWith("/") || ("/" + text + "/").contains("/../")) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no pattern for a path below /etc, such as ssh/ssh_host_*");
    }
  }

  Glob compile() {
    return Glob.ofPath(text);
  }
}

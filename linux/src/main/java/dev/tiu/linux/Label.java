package dev.tiu.linux;

import org.jspecify.annotations.Nullable;

/** A handle's name for messages, put together only when a message needs it. */
final class Label {
  private final @Nullable Label above;
  private final String own;
  private final BytePath below;

  private Label(@Nullable Label above, String own, BytePath below) {
    this.above = above;
    this.own = own;
    this.below = below;
  }

  static Label of(String text) {
    return new Label(null, text, BytePath.ROOT);
  }

  Label resolve(BytePath path) {
    return path.isRoot() ? this : new Label(this, "", path);
  }

  /** The text for a path below this handle. */
  String text(BytePath path) {
    return path.isRoot() ? toString() : join(toString(), path.toString());
  }

  @Override
  public String toString() {
    return above == null ? own : join(above.toString(), below.toString());
  }

  private static String join(String directory, String name) {
    return directory.endsWith("/") ? directory + name : directory + "/" + name;
  }
}

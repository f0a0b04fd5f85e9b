package dev.tiu.bundle;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How an image is compressed.
 *
 * @param level zstd 1 to 22, gzip 1 to 9, lz4 1 (fast) or 9 (high); xz has none, 0
 */
public record Compression(Kind kind, int level) {
  /** What kernels since 4.14 read, and mksquashfs writes. */
  public enum Kind {
    ZSTD(15, 22),
    XZ(0, 0),
    GZIP(9, 9),
    LZ4(9, 9);

    private final int usual;
    private final int highest;

    Kind(int usual, int highest) {
      this.usual = usual;
      this.highest = highest;
    }

    /** As mksquashfs and the manifest name it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** zstd at the level where more gains little. */
  public static final Compression DEFAULT = new Compression(Kind.ZSTD, Kind.ZSTD.usual);

  /** Checks the level. */
  public Compression {
    int lowest = kind == Kind.XZ ? 0 : 1;
    boolean possible =
        kind == Kind.LZ4 ? level == 1 || level == 9 : level >= lowest && level <= kind.highest;
    if (!possible) {
      throw new IllegalArgumentException(
          switch (kind) {
            case XZ -> "xz takes no level, not " + level;
            case LZ4 -> "lz4 takes the level 1 (fast) or 9 (high), not " + level;
            case ZSTD, GZIP -> kind + " takes a level from 1 to " + kind.highest + ", not " + level;
          });
    }
  }

  /**
   * Reads {@code zstd}, {@code zstd:19} and the like.
   *
   * @throws IllegalArgumentException with a message for the person who wrote it
   */
  public static Compression parse(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    for (Kind kind : Kind.values()) {
      if (kind.toString().equals(name)) {
        return new Compression(kind, colon < 0 ? kind.usual : level(text, colon));
      }
    }
    throw new IllegalArgumentException(
        "no compression \"" + name + "\"; there are zstd, xz, gzip and lz4");
  }

  private static int level(String text, int colon) {
    try {
      return Integer.parseInt(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "\"" + text.substring(colon + 1) + "\" isn't a compression level", e);
    }
  }

  /** mksquashfs's options. */
  List<String> options() {
    List<String> options = new ArrayList<>(List.of("-comp", kind.toString()));
    switch (kind) {
      case ZSTD, GZIP -> options.addAll(List.of("-Xcompression-level", Integer.toString(level)));
      case LZ4 -> {
        if (level > 1) {
          options.add("-Xhc");
        }
      }
      case XZ -> {}
    }
    return options;
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return kind == Kind.XZ ? kind.toString() : kind + ":" + level;
  }
}

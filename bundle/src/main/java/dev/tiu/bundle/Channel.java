package dev.tiu.bundle;

import dev.tiu.linux.Glob;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a directory on a server has: images, and deltas between them; {@code channel.json} in it.
 *
 * <p>It isn't signed, and is only a hint where to look: whatever it names is signed itself, and is
 * checked as if the channel had said nothing. {@code docs/channel.md} has each field, and what a
 * liar can do with one.
 */
public record Channel(List<ImageFile> images, List<DeltaFile> deltas) {
  /** The file's name in the directory that it describes. */
  public static final String FILE = "channel.json";

  /** How many bytes it may have. */
  public static final int MAX_SIZE = 4 << 20;

  /** How many images, and how many deltas. */
  public static final int MAX_FILES = 1024;

  /** Without images. */
  public static final Channel EMPTY = new Channel(List.of(), List.of());

  private static final int MAX_NAME = 255;
  private static final int MAX_PATTERNS = 64;
  private static final int MAX_STARS = 8;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

  /** Checks that no file is named twice, and that there aren't too many. */
  public Channel {
    images = List.copyOf(images);
    deltas = List.copyOf(deltas);
    Set<String> names = new HashSet<>();
    for (ImageFile image : images) {
      check(names.add(image.file), "images", image.file + " is listed twice");
    }
    for (DeltaFile delta : deltas) {
      check(names.add(delta.file), "deltas", delta.file + " is listed twice");
    }
    check(images.size() <= MAX_FILES, "images", "more than " + MAX_FILES);
    check(deltas.size() <= MAX_FILES, "deltas", "more than " + MAX_FILES);
  }

  /**
   * A bundle.
   *
   * @param file its name in the directory
   * @param imageId the SHA-256 of its manifest, hex
   * @param minVersion the oldest version that may be updated to it
   * @param compatible patterns of the names of devices that it is for
   * @param size in bytes
   */
  public record ImageFile(
      String file,
      String imageId,
      Version version,
      Optional<Version> minVersion,
      String architecture,
      List<String> compatible,
      long size) {
    /** Checks the fields' forms. */
    public ImageFile {
      checkFile(file);
      checkId("imageId", imageId);
      compatible = List.copyOf(compatible);
      check(
          !compatible.isEmpty() && compatible.size() <= MAX_PATTERNS,
          "compatible",
          "expected 1 to " + MAX_PATTERNS + " patterns, found " + compatible.size());
      for (String pattern : compatible) {
        check(isShortText(pattern), "compatible", "a pattern that can't be");
        // Matching tries where each one may end; nobody has vouched for these patterns.
        check(
            pattern.chars().filter(c -> c == '*').count() <= MAX_STARS,
            "compatible",
            "a pattern with more than " + MAX_STARS + " stars");
      }
      check(isShortText(architecture), "architecture", "none that can be");
      check(size > 0, "size", "expected more than 0, found " + size);
    }

    /** What a bundle says of itself. */
    public static ImageFile of(String file, Bundle bundle, long size) {
      Manifest manifest = bundle.manifest();
      return new ImageFile(
          file,
          bundle.imageId(),
          manifest.version(),
          manifest.minVersion(),
          manifest.architecture(),
          manifest.compatible(),
          size);
    }

    /** Whether it is for a device with one of these names. */
    public boolean isFor(List<String> names) {
      return compatible.stream()
          .map(Glob::ofName)
          .anyMatch(pattern -> names.stream().anyMatch(pattern::matches));
    }

    /** Whether it may be installed over that version. */
    public boolean mayFollow(Version installed) {
      return minVersion.isEmpty() || minVersion.get().compareTo(installed) <= 0;
    }
  }

  /**
   * A delta.
   *
   * @param file its name in the directory
   * @param from ID of the image that it needs
   * @param to ID of the image that it makes files of
   * @param size in bytes
   */
  public record DeltaFile(String file, String from, String to, long size) {
    /** Checks the fields' forms. */
    public DeltaFile {
      checkFile(file);
      checkId("from", from);
      checkId("to", to);
      check(!from.equals(to), "to", "the same as from");
      check(size > 0, "size", "expected more than 0, found " + size);
    }
  }

  /** The smallest delta between two images. */
  public Optional<DeltaFile> delta(String from, String to) {
    return deltas.stream()
        .filter(delta -> delta.from.equals(from) && delta.to.equals(to))
        .min((a, b) -> Long.compare(a.size, b.size));
  }

  /**
   * Whether a name is one that a channel may list: of a file in the same directory, that isn't
   * hidden.
   */
  public static boolean isFileName(String name) {
    return !name.isEmpty()
        && name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME
        && name.charAt(0) != '.'
        && name.chars().noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c));
  }

  /** The JSON: the same channel always has the same bytes. */
  public byte[] toJson() {
    return ChannelJson.write(this);
  }

  /**
   * Reads one.
   *
   * @param name of the channel, for messages
   * @throws ChannelException if it isn't one
   */
  public static Channel parse(byte[] json, String name) throws ChannelException {
    return ChannelJson.parse(json, name);
  }

  private static void checkFile(String file) {
    check(isFileName(file), "file", "not the name of a file in the same directory");
  }

  private static void checkId(String field, String id) {
    check(ID.matcher(id).matches(), field, "expected 64 hex digits in small letters");
  }

  private static boolean isShortText(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_NAME
        && text.chars().noneMatch(Character::isISOControl);
  }

  private static void check(boolean holds, String field, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(field + ": " + problem);
    }
  }
}

package dev.tiu.bundle;

import dev.tiu.linux.BytePath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The paths of {@code /var} that belong to the image: in it they lie under {@code
 * usr/lib/sysimage}, and {@code /var} has a link to each, so that they go with the snapshot while
 * the rest of {@code /var} stays the device's.
 */
public final class ImageOwned {
  /** What every system has that it knows only while it is built. */
  static final List<BytePath> DEFAULTS =
      List.of(
          BytePath.of("var/lib/alternatives"),
          BytePath.of("var/lib/dpkg"),
          BytePath.of("var/lib/rpm"),
          BytePath.of("var/lib/selinux"));

  private static final BytePath SYSIMAGE = BytePath.of("usr/lib/sysimage");
  private static final BytePath VAR = BytePath.of("var");
  private static final BytePath VAR_LIB = BytePath.of("var/lib");

  /** Names that need no escaping anywhere, and that aren't hidden. */
  private static final Pattern PATH =
      Pattern.compile("var(/[A-Za-z0-9_@+~-][A-Za-z0-9._@+~-]{0,127}){1,16}");

  static final int MAX_PATHS = 64;

  private final List<BytePath> paths;

  private ImageOwned(List<BytePath> paths) {
    this.paths = paths;
  }

  /**
   * The default ones and these.
   *
   * @throws IllegalArgumentException if one isn't below {@code var}, or lies in another
   */
  static ImageOwned with(List<BytePath> more) {
    TreeSet<BytePath> all = new TreeSet<>(DEFAULTS);
    all.addAll(more);
    all.forEach(ImageOwned::check);
    for (BytePath path : all) {
      for (BytePath other : all) {
        if (!path.equals(other) && path.startsWith(other)) {
          throw new IllegalArgumentException(
              path + " lies in " + other + ", which is image-owned as a whole");
        }
      }
    }
    if (all.size() > MAX_PATHS) {
      throw new IllegalArgumentException("more than " + MAX_PATHS + " image-owned paths");
    }
    return new ImageOwned(List.copyOf(all));
  }

  /**
   * That a path can be image-owned.
   *
   * @throws IllegalArgumentException with a message that names it
   */
  static void check(BytePath path) {
    if (!PATH.matcher(path.toString()).matches()) {
      throw new IllegalArgumentException(
          "the image-owned path \"%s\": expected one below var, of letters, digits and . _ @ + ~ -"
              .formatted(path));
    }
  }

  /** All of them, in order. */
  List<BytePath> paths() {
    return paths;
  }

  /** The image-owned path that this is, or lies in. */
  Optional<BytePath> owner(BytePath path) {
    return paths.stream().filter(path::startsWith).findFirst();
  }

  /**
   * Where an image has what is image-owned: {@code var/lib/NAME} as {@code usr/lib/sysimage/NAME},
   * and all else, also what lies in {@code var/lib/var}, as {@code usr/lib/sysimage/var/…}.
   */
  static BytePath place(BytePath path) {
    BytePath inLib = path.startsWith(VAR_LIB) ? path.relativeTo(VAR_LIB) : BytePath.ROOT;
    return SYSIMAGE.resolve(inLib.isRoot() || inLib.startsWith(VAR) ? path : inLib);
  }

  /** The text of a link from one path to another. */
  static Bytes target(BytePath link, BytePath to) {
    StringBuilder up = new StringBuilder();
    for (BytePath at = link.parent(); !at.isRoot(); at = at.parent()) {
      up.append("../");
    }
    return Bytes.of(up + to.toString());
  }

  /**
   * Where a link leads, if that is something under {@code usr/lib/sysimage}, by its text alone.
   *
   * @param path of the link
   */
  public static Optional<BytePath> destination(BytePath path, byte[] target) {
    String text = new String(target, StandardCharsets.ISO_8859_1);
    Deque<String> names = new ArrayDeque<>();
    if (!text.startsWith("/")) {
      names.addAll(names(new String(path.parent().bytes(), StandardCharsets.ISO_8859_1)));
    }
    for (String name : names(text)) {
      if (!name.equals("..")) {
        names.addLast(name);
      } else if (!names.isEmpty()) {
        names.removeLast();
      }
    }
    if (names.stream().anyMatch(name -> name.length() > BytePath.NAME_MAX)) {
      return Optional.empty();
    }
    BytePath destination =
        BytePath.ofBytes(String.join("/", names).getBytes(StandardCharsets.ISO_8859_1));
    return destination.startsWith(SYSIMAGE) && !destination.equals(SYSIMAGE)
        ? Optional.of(destination)
        : Optional.empty();
  }

  private static List<String> names(String path) {
    List<String> names = new ArrayList<>();
    for (String name : path.split("/", -1)) {
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    return names;
  }
}

package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Looks where links lead, as if a system's root were the root: never out of it. */
final class LinkTargets {
  /** As many as the kernel follows (MAXSYMLINKS). */
  private static final int MOST_LINKS = 40;

  private static final BytePath ETC = BytePath.of("etc");

  private static final Pattern MOVED_TO_USR = Pattern.compile("/(s?bin|lib|lib32|lib64|libx32)/");

  private LinkTargets() {}

  /**
   * Whether there is anything where a link leads.
   *
   * @param directory below /etc, that the link lies in
   */
  static boolean exists(Dir root, BytePath directory, byte[] target) throws IOException {
    Deque<String> waiting = new ArrayDeque<>(components(target));
    BytePath at = isAbsolute(target) ? BytePath.ROOT : ETC.resolve(directory);
    int links = 0;
    while (!waiting.isEmpty()) {
      String name = waiting.remove();
      if (name.equals("..")) {
        at = at.isRoot() ? at : at.parent();
        continue;
      }
      if (name.length() > BytePath.NAME_MAX) {
        return false;
      }
      BytePath next = at.resolve(component(name));
      Optional<FileStatus> status = root.find(next);
      if (status.isEmpty()) {
        return false;
      }
      if (status.get().type() == FileType.SYMLINK) {
        if (++links > MOST_LINKS) {
          return false;
        }
        byte[] further = root.readLink(next);
        List<String> names = components(further);
        for (int i = names.size() - 1; i >= 0; i--) {
          waiting.push(names.get(i));
        }
        at = isAbsolute(further) ? BytePath.ROOT : at;
      } else {
        at = next;
      }
    }
    return true;
  }

  /**
   * The path below /etc that a link names, as it is written: links on the way aren't followed.
   *
   * @param directory below /etc, that the link lies in
   */
  static Optional<BytePath> inEtc(BytePath directory, byte[] target) {
    BytePath at = isAbsolute(target) ? BytePath.ROOT : ETC.resolve(directory);
    for (String name : components(target)) {
      if (name.length() > BytePath.NAME_MAX) {
        return Optional.empty();
      }
      at = name.equals("..") ? (at.isRoot() ? at : at.parent()) : at.resolve(component(name));
    }
    boolean below = at.startsWith(ETC) && !at.equals(ETC);
    return below ? Optional.of(at.relativeTo(ETC)) : Optional.empty();
  }

  private static BytePath component(String name) {
    return BytePath.ofBytes(name.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The same target with {@code /usr} before it where a system with a merged /usr has it. */
  static String inMergedUsr(byte[] target) {
    String text = new String(target, StandardCharsets.ISO_8859_1);
    return MOVED_TO_USR.matcher(text).lookingAt() ? "/usr" + text : text;
  }

  private static boolean isAbsolute(byte[] target) {
    return target.length > 0 && target[0] == '/';
  }

  private static List<String> components(byte[] target) {
    return Arrays.stream(new String(target, StandardCharsets.ISO_8859_1).split("/", -1))
        .filter(name -> !name.isEmpty() && !name.equals("."))
        .toList();
  }
}

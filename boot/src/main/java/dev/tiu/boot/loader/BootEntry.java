package dev.tiu.boot.loader;

import dev.tiu.linux.BytePath;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A snapshot as a boot loader starts it.
 *
 * @param number of the snapshot
 * @param title for a menu: one line
 * @param files all that is read to start it; two entries with the same files share them
 * @param arguments the kernel's command line
 */
public record BootEntry(int number, String title, List<BootFile> files, String arguments) {
  private static final int MAX_TEXT = 4096;

  /** Checks that the texts are lines, and that no two files have one name. */
  public BootEntry {
    if (number < 1) {
      throw new IllegalArgumentException("snapshot number " + number);
    }
    checkLine(title);
    checkLine(arguments);
    files = List.copyOf(files);
    Set<BytePath> names = new HashSet<>();
    for (BootFile file : files) {
      if (!names.add(file.name())) {
        throw new IllegalArgumentException("two boot files " + file.name());
      }
    }
  }

  private static void checkLine(String text) {
    if (text.length() > MAX_TEXT || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("not one line of at most 4096 characters: " + text);
    }
  }

  boolean has(BytePath name) {
    return files.stream().anyMatch(file -> file.name().equals(name));
  }

  boolean hasBelow(BytePath directory) {
    return files.stream().anyMatch(file -> file.name().startsWith(directory));
  }
}

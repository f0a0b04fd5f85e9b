package dev.tiu.boot.loader;

import dev.tiu.linux.BytePath;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A snapshot as a boot loader starts it.
 *
 * @param number of the snapshot
 * @param title for a menu: one line
 * @param files all that is read to start it; two entries with the same files share them
 * @param arguments the kernel's command line
 * @param inPlace instead of files: where they lie, and nothing is copied
 */
public record BootEntry(
    int number, String title, List<BootFile> files, String arguments, Optional<InPlace> inPlace) {
  private static final int MAX_TEXT = 4096;

  /** Checks that the texts are lines, and that no two files have one name. */
  public BootEntry {
    if (number < 1) {
      throw new IllegalArgumentException("snapshot number " + number);
    }
    checkLine(title);
    checkLine(arguments);
    files = List.copyOf(files);
    if (inPlace.isPresent() && !files.isEmpty()) {
      throw new IllegalArgumentException("files, and others in place");
    }
    Set<BytePath> names = new HashSet<>();
    for (BootFile file : files) {
      if (!names.add(file.name())) {
        throw new IllegalArgumentException("two boot files " + file.name());
      }
    }
  }

  /** One whose files are copied to the boot partition. */
  public BootEntry(int number, String title, List<BootFile> files, String arguments) {
    this(number, title, files, arguments, Optional.empty());
  }

  /** One that is started from where its files lie. */
  public BootEntry(int number, String title, InPlace inPlace, String arguments) {
    this(number, title, List.of(), arguments, Optional.of(inPlace));
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

package dev.tiu.snapshot;

import dev.tiu.linux.Btrfs;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the kernel tells that a subvolume is as it was: while both numbers are the same, no file in
 * it has changed, and nobody has to look at each.
 *
 * @param subvolume its own UUID, which no copy or snapshot of it has
 * @param changed the transaction that last changed an inode in it, as of a moment when all that was
 *     written was on the disk
 */
public record Seal(UUID subvolume, long changed) {
  private static final Pattern TEXT = Pattern.compile("([0-9a-f-]{36}):([0-9]{1,19})");

  /** That of a subvolume now. */
  static Seal of(Dir subvolume) throws IOException {
    var info = Btrfs.info(subvolume);
    return new Seal(info.uuid(), info.changed());
  }

  /** Reads what {@link #toString} gave; empty if it is anything else. */
  static Optional<Seal> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Seal(UUID.fromString(matcher.group(1)), Long.parseLong(matcher.group(2))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return subvolume + ":" + changed;
  }
}

package dev.tiu.snapshot;

import dev.tiu.bundle.ImageOwned;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the links to what images own fit one system: where its image has one the device has it too,
 * and where it hasn't the device has no link that would lead nowhere.
 *
 * <p>What the device has in the place of a link is kept beside it, as {@code NAME.tiu-orig}. One
 * exchange of the two names does that, and another undoes it, so that a command that is killed
 * leaves the one or the other; beside it there may be a spare link, which the next one uses.
 */
final class OwnedLinks {
  private static final String ASIDE = ".tiu-orig";
  private static final BytePath UNFINISHED = BytePath.of(".tiu-unfinished");

  private final Dir system;
  private final Dir root;

  /**
   * Those of one system.
   *
   * @param system the subvolume {@code @}, with the shared ones in it
   * @param root the snapshot's
   */
  OwnedLinks(Dir system, Dir root) {
    this.system = system;
    this.root = root;
  }

  /**
   * Looks at these paths, which any image has a link at, and changes what doesn't fit.
   *
   * @return what was changed that isn't merely new
   */
  List<LinkChange> fit(Collection<BytePath> paths) throws IOException {
    List<LinkChange> changes = new ArrayList<>();
    for (BytePath path : new TreeSet<>(paths)) {
      if (!isDirectory(system, path.parent())) {
        continue;
      }
      try (Dir parent = system.openDir(path.parent())) {
        FileStatus before = parent.status(BytePath.ROOT);
        Optional<LinkChange> change = isLinked(path) ? link(parent, path) : unlink(parent, path);
        change.ifPresent(changes::add);
        FileStatus after = parent.status(BytePath.ROOT);
        if (!after.equals(before)) {
          parent.setModificationTime(BytePath.ROOT, before.mtimeSeconds(), before.mtimeNanos());
        }
      }
    }
    return changes;
  }

  /** Whether the system's image has a link there to what it owns. */
  private boolean isLinked(BytePath path) throws IOException {
    return isDirectory(root, path.parent())
        && root.find(path).filter(status -> status.type() == FileType.SYMLINK).isPresent()
        && ImageOwned.destination(path, root.readLink(path)).isPresent();
  }

  private Optional<LinkChange> link(Dir parent, BytePath path) throws IOException {
    Optional<FileStatus> present = parent.find(path.name());
    if (present.isEmpty()) {
      copyFromImage(path, parent, path.name());
      return Optional.empty();
    }
    if (present.get().type() == FileType.SYMLINK) {
      return Optional.empty();
    }
    BytePath aside = aside(path, lastAside(parent, path).orElse(0) + 1);
    // Only a spare link of a killed run can have that name.
    parent.removeIfThere(aside);
    copyFromImage(path, parent, aside);
    parent.exchange(path.name(), aside);
    return Optional.of(change(LinkChange.Kind.SET_ASIDE, path, aside));
  }

  private Optional<LinkChange> unlink(Dir parent, BytePath path) throws IOException {
    if (!leadsNowhere(parent, path)) {
      return Optional.empty();
    }
    OptionalInt last = lastAside(parent, path);
    if (last.isPresent()) {
      BytePath aside = aside(path, last.getAsInt());
      parent.exchange(path.name(), aside);
      parent.unlink(aside);
      return Optional.of(change(LinkChange.Kind.PUT_BACK, path, aside));
    }
    if (!isDirectory(root, path.parent()) || root.find(path).isEmpty()) {
      return Optional.empty();
    }
    parent.removeIfThere(UNFINISHED);
    copyFromImage(path, parent, UNFINISHED);
    parent.exchange(path.name(), UNFINISHED);
    parent.unlink(UNFINISHED);
    return Optional.of(change(LinkChange.Kind.TAKEN_FROM_IMAGE, path, aside(path, 1)));
  }

  /** Whether there is a link to what another image owns, and this one hasn't. */
  private boolean leadsNowhere(Dir parent, BytePath path) throws IOException {
    BytePath name = path.name();
    if (parent.find(name).filter(status -> status.type() == FileType.SYMLINK).isEmpty()) {
      return false;
    }
    Optional<BytePath> destination = ImageOwned.destination(path, parent.readLink(name));
    return destination.isPresent()
        && (!isDirectory(root, destination.get().parent())
            || root.find(destination.get()).isEmpty());
  }

  private void copyFromImage(BytePath path, Dir to, BytePath created) throws IOException {
    try (Dir from = root.openDir(path.parent())) {
      TreeCopy.copy(from, path.name(), to, created);
    }
  }

  /**
   * What lies aside in place of links at these paths, in the order of the paths.
   *
   * @param system the subvolume {@code @}, with the shared ones in it
   */
  static List<BytePath> setAside(Dir system, Collection<BytePath> paths) throws IOException {
    List<BytePath> found = new ArrayList<>();
    for (BytePath path : new TreeSet<>(paths)) {
      if (isDirectory(system, path.parent())) {
        try (Dir parent = system.openDir(path.parent())) {
          for (int number : asides(parent, path)) {
            found.add(path.parent().resolve(aside(path, number)));
          }
        }
      }
    }
    return found;
  }

  /** The number of what was set aside last. */
  private static OptionalInt lastAside(Dir parent, BytePath path) throws IOException {
    NavigableSet<Integer> numbers = asides(parent, path);
    return numbers.isEmpty() ? OptionalInt.empty() : OptionalInt.of(numbers.last());
  }

  /** The numbers of what was set aside; links are spare ones. */
  private static NavigableSet<Integer> asides(Dir parent, BytePath path) throws IOException {
    Pattern pattern =
        Pattern.compile(Pattern.quote(path.name() + ASIDE) + "(?:-([1-9][0-9]{0,5}))?");
    NavigableSet<Integer> numbers = new TreeSet<>();
    for (DirEntry entry : parent.list()) {
      Matcher matcher = pattern.matcher(entry.name().toString());
      if (entry.type() != FileType.SYMLINK && matcher.matches()) {
        numbers.add(matcher.group(1) == null ? 1 : Integer.parseInt(matcher.group(1)));
      }
    }
    return numbers;
  }

  private static BytePath aside(BytePath path, int number) {
    return BytePath.of(path.name() + ASIDE + (number == 1 ? "" : "-" + number));
  }

  private static LinkChange change(LinkChange.Kind kind, BytePath path, BytePath aside) {
    return new LinkChange(kind, path, path.parent().resolve(aside));
  }

  /** Also without a link on the way, which is nothing to go through. */
  private static boolean isDirectory(Dir dir, BytePath path) throws IOException {
    return path.isRoot()
        || (isDirectory(dir, path.parent())
            && dir.find(path).filter(s -> s.type() == FileType.DIRECTORY).isPresent());
  }
}

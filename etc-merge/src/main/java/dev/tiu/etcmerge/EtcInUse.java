package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.Errno;
import dev.tiu.linux.FileMetadata;
import dev.tiu.linux.FileType;
import dev.tiu.linux.LinuxException;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Changes a live /etc that is in use, where no other can take its place, into what was made of a
 * copy of it.
 *
 * <p>Path by path: what is new is made whole beside its place, and takes it by one rename or
 * exchange, so that whoever reads meanwhile, and whoever finds it after a power cut, sees the one
 * version or the other of each file. It may be cut off anywhere, and done again with a new copy.
 * What somebody has changed since the copy was made stays as it is, for the next time.
 */
public final class EtcInUse {
  /** Nothing of the device's own has such a name. */
  private static final String TEMPORARY = ".tiu-in-use-tmp";

  private final TreeComparison comparison = new TreeComparison();
  private boolean complete = true;

  private final Runnable meanwhile;

  private EtcInUse(Runnable meanwhile) {
    this.meanwhile = meanwhile;
  }

  /**
   * Makes of {@code live} what {@code made} is, where that isn't what {@code before} is.
   *
   * @param before a copy of the live one
   * @param made of another such copy
   * @return whether all of it was done; false if somebody changed the same path meanwhile
   */
  public static boolean change(Dir before, Dir made, Dir live) throws IOException {
    return change(before, made, live, () -> {});
  }

  /**
   * The same.
   *
   * @param meanwhile is run before each step that counts, when all is ready for it
   */
  static boolean change(Dir before, Dir made, Dir live, Runnable meanwhile) throws IOException {
    EtcInUse use = new EtcInUse(meanwhile);
    use.directory(before, made, live);
    return use.complete;
  }

  private void directory(Dir before, Dir made, Dir live) throws IOException {
    TreeSet<BytePath> names = new TreeSet<>();
    for (Dir dir : new Dir[] {before, made}) {
      dir.list().stream().map(DirEntry::name).forEach(names::add);
    }
    for (BytePath name : names) {
      if (isTemporary(name)) {
        // A run that was killed made it, and put in its place what belongs there, or didn't.
        live.removeIfThere(name);
      } else {
        entry(before, made, live, name);
      }
    }
    metadata(before, made, live, BytePath.ROOT);
  }

  private void entry(Dir before, Dir made, Dir live, BytePath name) throws IOException {
    Optional<EtcEntry> old = EtcEntry.find(before, name);
    Optional<EtcEntry> wanted = EtcEntry.find(made, name);
    Optional<EtcEntry> now = EtcEntry.find(live, name);
    if (isDirectory(old) && isDirectory(wanted) && isDirectory(now)) {
      try (Dir beforeChild = before.openDir(name);
          Dir madeChild = made.openDir(name);
          Dir liveChild = live.openDir(name)) {
        directory(beforeChild, madeChild, liveChild);
      }
    } else if (isOfRunningProgram(old) || same(old, wanted) || same(now, wanted)) {
      return;
    } else if (!same(now, old)) {
      complete = false;
    } else {
      put(made, live, name, wanted, old);
    }
  }

  /**
   * What goes is looked at once more when it has its other name: somebody may have changed it while
   * what takes its place was written.
   */
  private void put(
      Dir made, Dir live, BytePath name, Optional<EtcEntry> wanted, Optional<EtcEntry> old)
      throws IOException {
    BytePath temporary = BesideName.of(name, TEMPORARY, 1);
    live.removeIfThere(temporary);
    if (wanted.isPresent()) {
      TreeCopy.copy(made, name, live, temporary);
      // What is in a file must be on the disk before the name leads to it.
      live.syncFileSystem();
    }
    meanwhile.run();
    if (wanted.isEmpty()) {
      remove(live, name, temporary, old);
    } else if (old.isPresent()) {
      exchange(live, name, temporary, wanted, old);
    } else if (!isMoved(live, temporary, name)) {
      complete = false;
      live.removeTree(temporary);
    }
  }

  private void exchange(
      Dir live,
      BytePath name,
      BytePath temporary,
      Optional<EtcEntry> wanted,
      Optional<EtcEntry> old)
      throws IOException {
    if (live.find(name).isEmpty()) {
      complete = false;
      live.removeTree(temporary);
      return;
    }
    live.exchange(temporary, name);
    if (same(EtcEntry.find(live, temporary), old)) {
      live.removeTree(temporary);
      return;
    }
    complete = false;
    live.exchange(temporary, name);
    discard(live, name, temporary, wanted);
  }

  private void remove(Dir live, BytePath name, BytePath temporary, Optional<EtcEntry> old)
      throws IOException {
    if (!isMoved(live, name, temporary)) {
      return; // Somebody has removed it.
    }
    if (same(EtcEntry.find(live, temporary), old)) {
      live.removeTree(temporary);
      return;
    }
    complete = false;
    if (!isMoved(live, temporary, name)) {
      keepBeside(live, name, temporary);
    }
  }

  /** What isn't what was put there is somebody's, who was as quick as that. */
  private void discard(Dir live, BytePath name, BytePath temporary, Optional<EtcEntry> expected)
      throws IOException {
    if (same(EtcEntry.find(live, temporary), expected)) {
      live.removeTree(temporary);
    } else {
      keepBeside(live, name, temporary);
    }
  }

  private static void keepBeside(Dir live, BytePath name, BytePath temporary) throws IOException {
    live.renameNoReplace(temporary, BesideName.free(live, name, BesideName.ORIGINAL));
  }

  /** Whether it was there, and the other name was free. */
  private static boolean isMoved(Dir live, BytePath from, BytePath to) throws IOException {
    try {
      live.renameNoReplace(from, to);
      return true;
    } catch (LinuxException e) {
      if (e.errno() == Errno.EEXIST || e.errno() == Errno.ENOENT) {
        return false;
      }
      throw e;
    }
  }

  /** Of a directory, that of the tree itself included. */
  private void metadata(Dir before, Dir made, Dir live, BytePath name) throws IOException {
    FileMetadata old = FileMetadata.of(before, name).withoutLabel();
    FileMetadata wanted = FileMetadata.of(made, name).withoutLabel();
    FileMetadata now = FileMetadata.of(live, name).withoutLabel();
    if (old.equals(wanted) || now.equals(wanted)) {
      return;
    }
    if (now.equals(old)) {
      FileMetadata.of(made, name).applyTo(live, name);
    } else {
      complete = false;
    }
  }

  private boolean same(Optional<EtcEntry> a, Optional<EtcEntry> b) throws IOException {
    return Verdict.same(a, b, comparison::sameTree);
  }

  private static boolean isDirectory(Optional<EtcEntry> entry) {
    return entry.filter(EtcEntry::isDirectory).isPresent();
  }

  /** A socket, a FIFO or a device: a merge leaves it out, but here a program may be using it. */
  private static boolean isOfRunningProgram(Optional<EtcEntry> entry) {
    return entry
        .map(e -> e.status().type())
        .filter(
            type ->
                type != FileType.REGULAR && type != FileType.DIRECTORY && type != FileType.SYMLINK)
        .isPresent();
  }

  private static boolean isTemporary(BytePath name) {
    return new String(name.bytes(), StandardCharsets.ISO_8859_1).endsWith(TEMPORARY);
  }
}

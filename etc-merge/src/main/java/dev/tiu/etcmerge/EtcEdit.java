package dev.tiu.etcmerge;

import dev.tiu.etcmerge.text.FstabMerge;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileMetadata;
import dev.tiu.linux.FileType;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Single changes of a live /etc. Each puts the new version in place by one rename or exchange, so
 * that a program that reads meanwhile sees the one or the other.
 */
public final class EtcEdit {
  private static final String TEMPORARY = ".tiu-tmp";

  /** What became of a path that was to be carried. */
  public enum Carried {
    /** It is there now. */
    YES,
    /** It was there. */
    SAME,
    /** It has no place there. */
    NO_PLACE
  }

  private EtcEdit() {}

  /**
   * Makes a path what the image has there: nothing, if that is so. What was live and differs is put
   * beside it as {@code NAME.tiu-orig}.
   *
   * @param mounts the entries of fstab that are the device's own: it always has them
   * @return where that lies; empty if there was nothing, or the same
   */
  public static Optional<BytePath> reset(
      Dir shipped, Dir live, BytePath path, SortedMap<String, FstabMerge.Own> mounts)
      throws IOException {
    Optional<EtcEntry> wanted = EtcEntry.find(shipped, path);
    Optional<EtcEntry> present = EtcEntry.find(live, path);
    boolean hasOwn = OwnMounts.areIn(path, mounts);
    if (!hasOwn && Verdict.same(present, wanted, new TreeComparison()::sameTree)) {
      return Optional.empty();
    }
    if (!hasOwn && wanted.isEmpty()) {
      return Optional.of(moveBeside(live, path, path));
    }
    BytePath made = temporary(live, path);
    if (wanted.isPresent()) {
      TreeCopy.copy(shipped, path, live, made);
    }
    if (hasOwn) {
      OwnMounts.complete(live, made, mounts);
      if (Verdict.same(present, EtcEntry.find(live, made), new TreeComparison()::sameTree)) {
        live.removeTree(made);
        return Optional.empty();
      }
    }
    Optional<BytePath> beside = Optional.empty();
    if (present.isPresent()) {
      // The name first: a run that is cut off after the exchange has left nothing to be cleaned up.
      BytePath name = moveBeside(live, made, path);
      live.exchange(name, path);
      beside = Optional.of(name);
    } else {
      live.renameNoReplace(made, path);
    }
    syncParent(live, path);
    return beside;
  }

  /** Gives a path the owner, mode and xattrs that the image has there. */
  public static void resetMetadata(Dir shipped, Dir live, BytePath path) throws IOException {
    FileMetadata.of(shipped, path).applyTo(live, path);
    syncParent(live, path);
  }

  /**
   * Makes live what lies beside a path, and removes what was live.
   *
   * @param mounts the entries of fstab that are the device's own: it always has them, and what it
   *     had is kept
   * @return where that lies
   */
  public static Optional<BytePath> takeBeside(
      Dir live, BytePath path, BytePath beside, SortedMap<String, FstabMerge.Own> mounts)
      throws IOException {
    Optional<BytePath> kept = Optional.empty();
    Optional<EtcEntry> present = EtcEntry.find(live, path);
    if (OwnMounts.areIn(path, mounts)) {
      OwnMounts.complete(live, beside, mounts);
      if (present.isPresent()) {
        kept = Optional.of(copyBeside(live, path));
      }
    }
    boolean directories =
        present.filter(EtcEntry::isDirectory).isPresent()
            || EtcEntry.find(live, beside).filter(EtcEntry::isDirectory).isPresent();
    if (present.isPresent() && directories) {
      live.exchange(beside, path);
      live.removeTree(beside);
    } else {
      live.rename(beside, path);
    }
    syncParent(live, path);
    return kept;
  }

  /** Whether what lies beside a path is the device's version, and not the image's. */
  public static boolean isOriginal(BytePath beside) {
    return BesideName.isOriginal(beside.name());
  }

  /** The same for fstab, which always has the device's own entries. */
  public static void write(
      Dir live, BytePath path, byte[] content, SortedMap<String, FstabMerge.Own> mounts)
      throws IOException {
    boolean hasOwn = OwnMounts.areIn(path, mounts);
    write(live, path, hasOwn ? OwnMounts.completed(content, mounts) : content);
  }

  /** Replaces a file's content; owner, mode and xattrs stay. */
  public static void write(Dir live, BytePath path, byte[] content) throws IOException {
    FileMetadata metadata = FileMetadata.of(live, path);
    BytePath made = temporary(live, path);
    live.writeAtomically(made, content, 0600);
    metadata.applyTo(live, made);
    live.rename(made, path);
    syncParent(live, path);
  }

  /**
   * Copies a path from another /etc in place of what is there, if that differs.
   *
   * <p>Where there is no such place, no directory or a link instead of one, which is never
   * followed, nothing happens.
   */
  public static Carried carry(Dir from, Dir to, BytePath path) throws IOException {
    if (isNowhere(to, path.parent())) {
      return Carried.NO_PLACE;
    }
    Optional<EtcEntry> wanted = EtcEntry.find(from, path);
    Optional<EtcEntry> present = EtcEntry.find(to, path);
    if (present.filter(EtcEntry::isDirectory).isPresent()) {
      return Carried.NO_PLACE;
    }
    if (wanted.filter(entry -> !entry.isDirectory()).isEmpty()
        || Verdict.same(present, wanted, new TreeComparison()::sameTree)) {
      return Carried.SAME;
    }
    BytePath made = temporary(to, path);
    TreeCopy.copy(from, path, to, made);
    to.rename(made, path);
    syncParent(to, path);
    return Carried.YES;
  }

  private static boolean isNowhere(Dir tree, BytePath directory) throws IOException {
    return !directory.isRoot()
        && (isNowhere(tree, directory.parent())
            || tree.find(directory).filter(s -> s.type() == FileType.DIRECTORY).isEmpty());
  }

  /** A copy of what is live; one that is there already, of a run that was cut off, will do. */
  private static BytePath copyBeside(Dir live, BytePath path) throws IOException {
    EtcEntry present = EtcEntry.find(live, path).orElseThrow();
    for (int attempt = 1; ; attempt++) {
      BytePath name =
          path.parent().resolve(BesideName.of(path.name(), BesideName.ORIGINAL, attempt));
      Optional<EtcEntry> there = EtcEntry.find(live, name);
      if (there.isEmpty()) {
        TreeCopy.copy(live, path, live, name);
        syncParent(live, path);
        return name;
      }
      if (new TreeComparison().sameTree(there.get(), present)) {
        return name;
      }
    }
  }

  private static BytePath moveBeside(Dir live, BytePath from, BytePath path) throws IOException {
    try (Dir parent = live.openDir(path.parent())) {
      BytePath name = BesideName.free(parent, path.name(), BesideName.ORIGINAL);
      parent.renameNoReplace(from.name(), name);
      parent.sync();
      return path.parent().resolve(name);
    }
  }

  /** A name that nobody looks for; what a killed run left there goes. */
  private static BytePath temporary(Dir live, BytePath path) throws IOException {
    BytePath name = path.parent().resolve(BesideName.of(path.name(), TEMPORARY, 1));
    live.removeIfThere(name);
    return name;
  }

  private static void syncParent(Dir live, BytePath path) throws IOException {
    try (Dir parent = live.openDir(path.parent())) {
      parent.sync();
    }
  }
}

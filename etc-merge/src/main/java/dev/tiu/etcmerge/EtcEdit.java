package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileMetadata;
import dev.tiu.linux.FileType;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.util.Optional;

/**
 * Single changes of a live /etc. Each puts the new version in place by one rename or exchange, so
 * that a program that reads meanwhile sees the one or the other.
 */
public final class EtcEdit {
  private static final String TEMPORARY = ".tiu-tmp";

  private EtcEdit() {}

  /**
   * Makes a path what the image has there: nothing, if that is so. What was live and differs is put
   * beside it as {@code NAME.tiu-orig}.
   *
   * @return where that lies; empty if there was nothing, or the same
   */
  public static Optional<BytePath> reset(Dir shipped, Dir live, BytePath path) throws IOException {
    Optional<EtcEntry> wanted = EtcEntry.find(shipped, path);
    Optional<EtcEntry> present = EtcEntry.find(live, path);
    if (Verdict.same(present, wanted, new TreeComparison()::sameTree)) {
      return Optional.empty();
    }
    if (wanted.isEmpty()) {
      return Optional.of(moveBeside(live, path, path));
    }
    BytePath made = temporary(live, path);
    TreeCopy.copy(shipped, path, live, made);
    Optional<BytePath> beside = Optional.empty();
    if (present.isPresent()) {
      live.exchange(made, path);
      beside = Optional.of(moveBeside(live, made, path));
    } else {
      live.renameNoReplace(made, path);
    }
    syncParent(live, path);
    return beside;
  }

  /** Makes live what lies beside a path, and removes what was live. */
  public static void takeBeside(Dir live, BytePath path, BytePath beside) throws IOException {
    if (live.find(path).isPresent()) {
      live.exchange(beside, path);
      live.removeTree(beside);
    } else {
      live.renameNoReplace(beside, path);
    }
    syncParent(live, path);
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
   * @return whether it did
   */
  public static boolean carry(Dir from, Dir to, BytePath path) throws IOException {
    Optional<EtcEntry> wanted = EtcEntry.find(from, path);
    Optional<EtcEntry> present = EtcEntry.find(to, path);
    boolean directories =
        wanted.filter(EtcEntry::isDirectory).isPresent()
            || present.filter(EtcEntry::isDirectory).isPresent();
    if (wanted.isEmpty()
        || directories
        || isNowhere(to, path.parent())
        || Verdict.same(present, wanted, new TreeComparison()::sameTree)) {
      return false;
    }
    BytePath made = temporary(to, path);
    TreeCopy.copy(from, path, to, made);
    to.rename(made, path);
    syncParent(to, path);
    return true;
  }

  private static boolean isNowhere(Dir tree, BytePath directory) throws IOException {
    return !directory.isRoot()
        && tree.find(directory).filter(s -> s.type() == FileType.DIRECTORY).isEmpty();
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

package dev.tiu.etcmerge;

import dev.tiu.etcmerge.MergeEntry.Outcome;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Looks at what the device has in /etc and no image: sockets, FIFOs and device nodes, which stay
 * behind, and links, which may lead nowhere in the new system.
 */
final class DeviceOwn {
  /** What a mask points at; a system that doesn't run has no such device. */
  private static final byte[] NULL_DEVICE = "/dev/null".getBytes(StandardCharsets.US_ASCII);

  private final MergeWork work;
  private final Dir base;
  private final Dir image;
  private final Dir result;

  DeviceOwn(MergeWork work, Dir base, Dir image, Dir result) {
    this.work = work;
    this.base = base;
    this.image = image;
    this.result = result;
  }

  /** What to do with what isn't a directory. */
  private interface Visitor {
    void visit(Dir dir, DirEntry entry, BytePath path) throws IOException;
  }

  /** Comes before the merge, for which what is left out has never been there. */
  void leaveOut() throws IOException {
    walk(
        result,
        BytePath.ROOT,
        (dir, entry, path) -> {
          switch (entry.type()) {
            case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> leaveOut(dir, entry, path);
            case DIRECTORY, REGULAR, SYMLINK -> {}
          }
        });
  }

  /** Comes after the merge, when the new system has all that links may lead to. */
  void checkLinks() throws IOException {
    Optional<MergeSettings.Roots> roots = work.settings().roots();
    if (roots.isPresent()) {
      walk(
          result,
          BytePath.ROOT,
          (dir, entry, path) -> {
            if (entry.type() == FileType.SYMLINK) {
              checkLink(roots.get(), dir, entry.name(), path);
            }
          });
    }
  }

  private static void walk(Dir dir, BytePath path, Visitor visitor) throws IOException {
    for (DirEntry entry : dir.list()) {
      if (BesideName.isOne(entry.name())) {
        continue; // Nobody uses that.
      }
      BytePath child = path.resolve(entry.name());
      if (entry.type() == FileType.DIRECTORY) {
        try (Dir below = dir.openDir(entry.name())) {
          walk(below, child, visitor);
        }
      } else {
        visitor.visit(dir, entry, child);
      }
    }
  }

  private void leaveOut(Dir dir, DirEntry entry, BytePath path) throws IOException {
    boolean shipped = isOf(entry.type(), base.find(path)) || isOf(entry.type(), image.find(path));
    if (!shipped) {
      dir.unlink(entry.name());
      work.add(MergeEntry.of(path, Outcome.LEFT_OUT));
    }
  }

  private static boolean isOf(FileType type, Optional<FileStatus> status) {
    return status.filter(found -> found.type() == type).isPresent();
  }

  private void checkLink(MergeSettings.Roots roots, Dir dir, BytePath name, BytePath path)
      throws IOException {
    byte[] target = dir.readLink(name);
    Optional<byte[]> shipped = linkIn(image, path);
    if (shipped.filter(other -> Arrays.equals(other, target)).isPresent()
        || Arrays.equals(target, NULL_DEVICE)
        || LinkTargets.exists(roots.now(), path.parent(), target)
        || !LinkTargets.exists(roots.old(), path.parent(), target)) {
      return;
    }
    boolean choosesAnother =
        LinkCheck.isAlternative(path)
            && shipped.isPresent()
            && LinkTargets.exists(roots.now(), path.parent(), shipped.get());
    if (choosesAnother) {
      dir.unlink(name);
      TreeCopy.copy(image, path, result, path);
      work.add(MergeEntry.of(path, Outcome.TARGET_GONE));
    } else {
      work.add(MergeEntry.of(path, Outcome.DANGLING));
    }
  }

  private static Optional<byte[]> linkIn(Dir tree, BytePath path) throws IOException {
    boolean link = isOf(FileType.SYMLINK, tree.find(path));
    return link ? Optional.of(tree.readLink(path)) : Optional.empty();
  }
}

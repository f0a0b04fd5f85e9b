package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.squashfs.DataBlock;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.bundle.squashfs.Tree;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** An image's files by path, with links followed as in a system whose root is the image's. */
final class ImageFiles {
  /** As many as the kernel follows. */
  private static final int MOST_LINKS = 40;

  private static final byte[] PARENT = {'.', '.'};
  private static final byte[] SELF = {'.'};

  private final Bundle bundle;
  private final Tree tree;

  ImageFiles(Bundle bundle) throws IOException {
    this.bundle = bundle;
    this.tree = bundle.tree();
  }

  /** An inode and the path that has no links in it. */
  record Found(BytePath path, Inode inode) {}

  /** What the path leads to; a link at its end is followed too. */
  Optional<Found> find(BytePath path) throws UsageException {
    return walk(path, true);
  }

  /** Whether one of these leads to anything. */
  boolean hasAny(List<BytePath> paths) throws UsageException {
    for (BytePath path : paths) {
      if (find(path).isPresent()) {
        return true;
      }
    }
    return false;
  }

  /** What the path leads to; a link at its end is found itself. */
  Optional<Found> findUnfollowed(BytePath path) throws UsageException {
    return walk(path, false);
  }

  private Optional<Found> walk(BytePath path, boolean followLast) throws UsageException {
    Deque<byte[]> left = new ArrayDeque<>();
    push(left, path.bytes());
    BytePath at = BytePath.ROOT;
    int links = 0;
    while (!left.isEmpty()) {
      byte[] component = left.pop();
      if (component.length == 0 || Arrays.equals(component, SELF)) {
        continue;
      }
      if (Arrays.equals(component, PARENT)) {
        at = at.parent();
        continue;
      }
      BytePath next = at.resolve(BytePath.ofBytes(component));
      Optional<Inode> inode = tree.get(next);
      if (inode.isEmpty()) {
        return Optional.empty();
      }
      if (inode.get() instanceof Inode.Symlink link && (followLast || !left.isEmpty())) {
        if (++links > MOST_LINKS) {
          throw new UsageException(bundle.name() + ": /" + path + ": too many links to follow");
        }
        byte[] target = link.target();
        at = target[0] == '/' ? BytePath.ROOT : at;
        push(left, target);
      } else {
        at = next;
      }
    }
    BytePath found = at;
    return tree.get(found).map(inode -> new Found(found, inode));
  }

  /** Puts a path's components before what is left to walk. */
  private static void push(Deque<byte[]> left, byte[] path) {
    int end = path.length;
    for (int i = path.length - 1; i >= -1; i--) {
      if (i < 0 || path[i] == '/') {
        left.push(Arrays.copyOfRange(path, i + 1, end));
        end = i;
      }
    }
  }

  /**
   * A small file's content.
   *
   * @throws UsageException if it is larger than the limit
   */
  byte[] read(Found file, int limit) throws IOException {
    if (!(file.inode() instanceof Inode.RegularFile regular) || regular.size() > limit) {
      throw new UsageException(
          "%s: /%s is no file of at most %s"
              .formatted(bundle.name(), file.path(), Console.size(limit)));
    }
    byte[] content = new byte[(int) regular.size()];
    ByteBuffer buffer = ByteBuffer.wrap(content);
    SquashfsImage image = bundle.image();
    expect(regular);
    for (DataBlock block : image.blocks(regular)) {
      image.read(block, buffer);
    }
    return content;
  }

  private void expect(Inode.RegularFile file) throws IOException {
    bundle.expect(bundle.image().blocks(file).stream().map(DataBlock::stored).toList());
  }

  /** Writes a file's content; holes as zeros. */
  void copy(Inode.RegularFile file, OutputStream out) throws IOException {
    SquashfsImage image = bundle.image();
    expect(file);
    ByteBuffer buffer = ByteBuffer.allocateDirect(image.superblock().blockSize());
    byte[] piece = new byte[buffer.capacity()];
    for (DataBlock block : image.blocks(file)) {
      buffer.clear();
      image.read(block, buffer);
      int length = buffer.flip().remaining();
      buffer.get(piece, 0, length);
      out.write(piece, 0, length);
    }
  }
}

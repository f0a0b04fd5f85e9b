package dev.tiu.bundle;

import dev.tiu.bundle.squashfs.DataBlock;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.bundle.squashfs.Tree;
import dev.tiu.linux.BytePath;
import dev.tiu.verity.FsVerity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Reads every file of an image once, by several threads, and computes its fs-verity digest. */
final class ContentDigests {
  private final SquashfsImage image;
  private final Progress progress;
  private final List<File> files;
  private final long total;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicLong done = new AtomicLong();

  /** A file by its inode, and one of its names. */
  private record File(Inode.RegularFile inode, BytePath path, long position) {}

  /** Takes the digest of a file; called from several threads. */
  @FunctionalInterface
  interface Sink {
    void digest(Inode.RegularFile file, BytePath path, byte[] digest) throws IOException;
  }

  private ContentDigests(SquashfsImage image, List<File> files, Progress progress) {
    this.image = image;
    this.files = files;
    this.progress = progress;
    this.total = files.stream().mapToLong(file -> file.inode.size()).sum();
  }

  /** Computes all digests; the first failure ends all threads. */
  static void compute(SquashfsImage image, Tree tree, int threads, Progress progress, Sink sink)
      throws IOException {
    ContentDigests work = new ContentDigests(image, filesInOrder(image, tree), progress);
    Parallel.run(threads, () -> work.run(sink));
  }

  /** Each inode once, in the order of the data, so that the image is read from front to back. */
  private static List<File> filesInOrder(SquashfsImage image, Tree tree) {
    Map<Integer, File> files = new LinkedHashMap<>();
    for (Map.Entry<BytePath, Inode> entry : tree.entries().entrySet()) {
      if (entry.getValue() instanceof Inode.RegularFile file && !files.containsKey(file.number())) {
        files.put(file.number(), new File(file, entry.getKey(), position(image, file)));
      }
    }
    List<File> sorted = new ArrayList<>(files.values());
    sorted.sort(Comparator.comparingLong(File::position));
    return sorted;
  }

  private static long position(SquashfsImage image, Inode.RegularFile file) {
    for (DataBlock block : image.blocks(file)) {
      if (!block.hole()) {
        return block.offset();
      }
    }
    return 0;
  }

  private void run(Sink sink) throws IOException {
    FsVerity.Digester digester = new FsVerity.Digester();
    ByteBuffer buffer = ByteBuffer.allocateDirect(image.superblock().blockSize());
    boolean complete = false;
    try {
      for (int i = next.getAndIncrement(); i < files.size(); i = next.getAndIncrement()) {
        File file = files.get(i);
        sink.digest(file.inode, file.path, digest(file.inode, digester, buffer));
      }
      complete = true;
    } finally {
      if (!complete) {
        // Nothing is left for the other threads.
        next.set(files.size());
      }
    }
  }

  private byte[] digest(Inode.RegularFile file, FsVerity.Digester digester, ByteBuffer buffer)
      throws IOException {
    digester.reset();
    for (DataBlock block : image.blocks(file)) {
      if (block.hole()) {
        digester.updateZeros(block.size());
      } else {
        image.read(block, buffer.clear());
        digester.update(buffer.flip());
      }
      count(block.size());
    }
    return digester.finish();
  }

  private void count(int bytes) {
    long now = done.addAndGet(bytes);
    progress.at(Progress.Stage.CONTENT, now, total);
  }
}

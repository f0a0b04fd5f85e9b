package dev.tiu.bundle.delta;

import dev.tiu.bundle.ContentDigest;
import dev.tiu.bundle.Parallel;
import dev.tiu.bundle.Progress;
import dev.tiu.verity.FsVerity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Applies all patches to the old image, as a device would, and compares the digests. */
final class DeltaCheck {
  private final Contents old;
  private final List<Patch> patches;
  private final Supplier<PatchReader> readers;
  private final Progress progress;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicLong done = new AtomicLong();
  private final long total;

  DeltaCheck(Contents old, List<Patch> patches, Supplier<PatchReader> readers, Progress progress) {
    this.old = old;
    this.patches = patches;
    this.readers = readers;
    this.progress = progress;
    this.total = patches.stream().mapToLong(Patch::size).sum();
  }

  /**
   * Checks all of them.
   *
   * @throws IOException for the first that makes anything but what it should
   */
  void check(int threads) throws IOException {
    Parallel.run(threads, this::work);
  }

  private void work() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(SegmentEncoder.SEGMENT);
    FsVerity.Digester digester = new FsVerity.Digester();
    boolean complete = false;
    try (PatchReader reader = readers.get()) {
      for (int i = next.getAndIncrement(); i < patches.size(); i = next.getAndIncrement()) {
        check(patches.get(i), reader, buffer, digester);
      }
      complete = true;
    } finally {
      if (!complete) {
        next.set(patches.size());
      }
    }
  }

  private void check(Patch patch, PatchReader reader, ByteBuffer buffer, FsVerity.Digester digester)
      throws IOException {
    digester.reset();
    for (Segment segment : patch.segments()) {
      Content content = old.find(segment.old().digest()).orElseThrow();
      reader.read(segment, content.bytes(), buffer.clear());
      digester.update(buffer.flip());
      progress.at(Progress.Stage.CHECKING, done.addAndGet(segment.size()), total);
    }
    ContentDigest found = ContentDigest.of(digester.finish());
    if (!found.equals(patch.digest())) {
      throw new IOException(
          "a patch makes a content with the digest "
              + found
              + " instead of "
              + patch.digest()
              + ": the images changed while they were read, or this machine's memory is bad");
    }
  }
}

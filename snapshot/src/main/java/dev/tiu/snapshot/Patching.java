package dev.tiu.snapshot;

import dev.tiu.bundle.BundleException;
import dev.tiu.bundle.delta.Delta;
import dev.tiu.bundle.delta.Patch;
import dev.tiu.bundle.delta.PatchReader;
import dev.tiu.bundle.delta.Segment;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import dev.tiu.verity.BlockReader;
import dev.tiu.verity.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Applies the patches of one delta to files of one base, for several threads at once.
 *
 * <p>Whatever goes wrong is a {@link ContentException}, because the image has every file whole. A
 * delta that can't be reached any more isn't asked again.
 */
final class Patching implements AutoCloseable {
  private final Delta delta;
  private final Map<ImagePart, Dir> base;
  private final ConcurrentLinkedQueue<PatchReader> idle = new ConcurrentLinkedQueue<>();
  private volatile Optional<IOException> lost = Optional.empty();

  /**
   * Reads nothing yet.
   *
   * @param base the trees that the old files lie in; they stay the caller's to close
   */
  Patching(Delta delta, Map<ImagePart, Dir> base) {
    this.delta = delta;
    this.base = Map.copyOf(base);
  }

  /** What a patch makes; a piece is a segment. */
  Content content(Step.PatchFile step) {
    return new OfPatch(this, step);
  }

  /** Lets the delta's source fetch ahead the patches that make these. */
  void expect(List<Content> contents) {
    List<Patch> patches = new ArrayList<>();
    for (Content content : contents) {
      if (content instanceof OfPatch made) {
        patches.add(made.step.patch());
      }
    }
    try {
      delta.expect(patches);
    } catch (IOException e) {
      lost = Optional.of(e);
    }
  }

  private record OfPatch(Patching patching, Step.PatchFile step) implements Content {
    @Override
    public long start() {
      return step.patch().stored().offset();
    }

    @Override
    public int pieces() {
      return step.patch().segments().size();
    }

    @Override
    public ByteRange place(int piece) {
      Segment segment = step.patch().segments().get(piece);
      return new ByteRange(segment.offset(), segment.size());
    }

    @Override
    public boolean isHole(int piece) {
      return false;
    }

    @Override
    public void read(int piece, ByteBuffer dst) throws IOException {
      Segment segment = step.patch().segments().get(piece);
      OldFile old = step.oldFiles().get(segment.old().digest());
      if (old == null) {
        throw new IllegalStateException("no old file for a segment of " + step.path());
      }
      patching.read(segment, old, dst);
    }
  }

  private void read(Segment segment, OldFile old, ByteBuffer dst) throws ContentException {
    if (lost.isPresent()) {
      throw new ContentException(String.valueOf(lost.get().getMessage()), lost.get());
    }
    PatchReader polled = idle.poll();
    PatchReader reader = polled == null ? delta.reader() : polled;
    try (FileHandle file = open(old)) {
      reader.read(segment, reading(file), dst);
    } catch (ContentException e) {
      throw e;
    } catch (BundleException e) {
      throw new ContentException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      lost = Optional.of(e);
      throw new ContentException(String.valueOf(e.getMessage()), e);
    } finally {
      idle.add(reader);
    }
  }

  private FileHandle open(OldFile old) throws ContentException {
    Dir tree = base.get(old.part());
    try {
      if (tree != null) {
        return tree.openFile(old.path());
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    throw new IllegalStateException("a patch of " + old + ", and no such part of the base");
  }

  private static BlockReader reading(FileHandle file) {
    return (offset, dst) -> {
      try {
        file.readFully(dst, offset);
      } catch (IOException e) {
        throw unreadable(e);
      }
    };
  }

  private static ContentException unreadable(IOException e) {
    return new ContentException("an old file can't be read: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    for (PatchReader reader = idle.poll(); reader != null; reader = idle.poll()) {
      reader.close();
    }
    // Up to 28 MiB each outside of the heap, which go only with their buffers' collection. What
    // follows would have them for nothing, as it hardly makes the heap grow.
    System.gc();
  }
}

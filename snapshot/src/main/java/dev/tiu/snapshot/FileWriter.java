package dev.tiu.snapshot;

import dev.tiu.bundle.Parallel;
import dev.tiu.linux.FileHandle;
import dev.tiu.verity.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/**
 * Writes the content of files, with several threads.
 *
 * <p>The threads take slices in the order of the files that they are given. A large file is several
 * slices, so that it doesn't keep one thread busy while the others have nothing left to do.
 */
final class FileWriter {
  /** Content of one slice: long enough that taking it costs nothing. */
  private static final long SLICE = 8 << 20;

  private final int threads;
  private final LongConsumer progress;

  FileWriter(int threads, LongConsumer progress) {
    this.threads = threads;
    this.progress = progress;
  }

  /** Pieces {@code from} to {@code to} of a file. */
  private record Slice(Output output, int from, int to) {}

  /**
   * Writes them; those that couldn't be completed from where they come from are given back, and
   * aren't there.
   */
  List<Output> write(List<Output> outputs) throws IOException {
    List<Slice> slices = new ArrayList<>();
    outputs.forEach(output -> cut(output, slices));
    AtomicInteger next = new AtomicInteger();
    AtomicBoolean stopped = new AtomicBoolean();
    try {
      Parallel.run(
          Math.max(1, Math.min(threads, slices.size())),
          () -> {
            boolean done = false;
            try (Worker worker = new Worker()) {
              for (int i = next.getAndIncrement();
                  i < slices.size() && !stopped.get();
                  i = next.getAndIncrement()) {
                worker.write(slices.get(i));
              }
              done = true;
            } finally {
              if (!done) {
                stopped.set(true);
              }
            }
          });
    } finally {
      outputs.forEach(Output::abandon);
    }
    return outputs.stream().filter(output -> output.failure().isPresent()).toList();
  }

  private static void cut(Output output, List<Slice> slices) {
    int pieces = output.content().pieces();
    long pieceSize = pieces == 0 ? 1 : Math.max(1, output.content().place(0).length());
    int each = (int) Math.max(1, SLICE / pieceSize);
    int count = Math.max(1, (pieces + each - 1) / each);
    output.slices(count);
    for (int i = 0; i < count; i++) {
      slices.add(new Slice(output, i * each, Math.min(pieces, (i + 1) * each)));
    }
  }

  /** What one thread works with. */
  private final class Worker implements AutoCloseable {
    private final Handles handles = new Handles();
    private final Digests digests = new Digests();
    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

    void write(Slice slice) throws IOException {
      Output output = slice.output();
      Parents parents = handles.of(output.site());
      Optional<FileHandle> file = output.open(parents.parent(output.path()));
      if (file.isPresent()) {
        try {
          writePieces(slice, file.get());
        } catch (ContentException e) {
          output.fail(String.valueOf(e.getMessage()));
        }
      }
      output.finishSlice(parents.parent(output.path()), digests);
    }

    private void writePieces(Slice slice, FileHandle file) throws IOException {
      Content content = slice.output().content();
      for (int i = slice.from(); i < slice.to(); i++) {
        ByteRange place = content.place(i);
        if (slice.output().isMissing(i)) {
          content.read(i, room((int) place.length()));
          file.write(buffer.flip(), place.offset());
        }
        progress.accept(place.length());
      }
    }

    private ByteBuffer room(int size) {
      if (buffer.capacity() < size) {
        buffer = ByteBuffer.allocateDirect(size);
      }
      return buffer.clear().limit(size);
    }

    @Override
    public void close() {
      handles.close();
    }
  }
}

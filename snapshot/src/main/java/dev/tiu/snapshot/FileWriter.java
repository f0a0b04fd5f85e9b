package dev.tiu.snapshot;

import dev.tiu.bundle.Parallel;
import dev.tiu.bundle.squashfs.DataBlock;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.verity.FsVerity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/**
 * Writes the content of files from the image, with several threads.
 *
 * <p>The threads take slices in the image's order. A large file is several slices, so that it
 * doesn't keep one thread busy while the others have nothing left to do.
 */
final class FileWriter {
  /** Content of one slice: long enough that taking it costs nothing. */
  private static final long SLICE = 8 << 20;

  private static final int CHECK_BUFFER = 1 << 20;

  private final SquashfsImage image;
  private final ImageTree target;
  private final Existing existing;
  private final LongConsumer progress;

  FileWriter(SquashfsImage image, ImageTree target, Existing existing, LongConsumer progress) {
    this.image = image;
    this.target = target;
    this.existing = existing;
    this.progress = progress;
  }

  /** Blocks {@code from} to {@code to} of a file. */
  private record Slice(Output output, int from, int to) {}

  void write(List<Step.WriteFile> steps, Dir tree, int threads) throws IOException {
    List<Slice> slices = slices(steps);
    AtomicInteger next = new AtomicInteger();
    AtomicBoolean failed = new AtomicBoolean();
    Parallel.Worker worker =
        () -> {
          ByteBuffer buffer = ByteBuffer.allocateDirect(image.superblock().blockSize());
          boolean done = false;
          try (Parents parents = new Parents(tree)) {
            for (int i = next.getAndIncrement();
                i < slices.size() && !failed.get();
                i = next.getAndIncrement()) {
              writeSlice(slices.get(i), parents, buffer);
            }
            done = true;
          } finally {
            if (!done) {
              failed.set(true);
            }
          }
        };
    try {
      Parallel.run(Math.max(1, Math.min(threads, slices.size())), worker);
    } finally {
      slices.forEach(slice -> slice.output().abandon());
    }
  }

  private List<Slice> slices(List<Step.WriteFile> steps) {
    int blocksPerSlice = (int) Math.max(1, SLICE / image.superblock().blockSize());
    List<Slice> slices = new ArrayList<>();
    for (Step.WriteFile step : inImageOrder(steps)) {
      int blocks = image.blocks(step.inode()).size();
      int count = Math.max(1, (blocks + blocksPerSlice - 1) / blocksPerSlice);
      Output output = new Output(step, count);
      for (int i = 0; i < count; i++) {
        slices.add(
            new Slice(output, i * blocksPerSlice, Math.min(blocks, (i + 1) * blocksPerSlice)));
      }
    }
    return slices;
  }

  /** So that the image is read once, from front to back. */
  private List<Step.WriteFile> inImageOrder(List<Step.WriteFile> steps) {
    record Placed(long offset, Step.WriteFile step) {}
    return steps.stream()
        .map(step -> new Placed(dataOffset(step), step))
        .sorted(Comparator.comparingLong(Placed::offset))
        .map(Placed::step)
        .toList();
  }

  private long dataOffset(Step.WriteFile step) {
    for (DataBlock block : image.blocks(step.inode())) {
      if (!block.hole()) {
        return block.offset() + block.skip();
      }
    }
    return 0;
  }

  private void writeSlice(Slice slice, Parents parents, ByteBuffer buffer) throws IOException {
    Output output = slice.output();
    Optional<FileHandle> file = output.open(parents);
    if (file.isPresent()) {
      writeBlocks(slice, file.get(), buffer);
    }
    output.finishSlice();
  }

  private void writeBlocks(Slice slice, FileHandle file, ByteBuffer buffer) throws IOException {
    Inode.RegularFile inode = slice.output().step.inode();
    List<DataBlock> blocks = image.blocks(inode);
    long position = (long) slice.from() * image.superblock().blockSize();
    for (int i = slice.from(); i < slice.to(); i++) {
      DataBlock block = blocks.get(i);
      if (!block.hole()) {
        buffer.clear().limit(block.size());
        image.read(inode, i, buffer);
        file.write(buffer.flip(), position);
      }
      position += block.size();
      progress.accept(block.size());
    }
  }

  /** A file that is being written, shared by the threads that have a slice of it. */
  private final class Output {
    private final Step.WriteFile step;
    private int unfinished;
    private boolean opened;
    private Optional<FileHandle> file = Optional.empty();

    Output(Step.WriteFile step, int slices) {
      this.step = step;
      this.unfinished = slices;
    }

    /** The new file, made by the first that asks; empty if what is there is right. */
    synchronized Optional<FileHandle> open(Parents parents) throws IOException {
      if (!opened) {
        opened = true;
        Dir parent = parents.of(step.path());
        BytePath name = step.path().name();
        if (existing == Existing.KEEP_IF_RIGHT && isRight(parent, name)) {
          Metadata.set(parent, name, step.inode(), ImageTree.xattrs(step.inode()));
          progress.accept(step.inode().size());
        } else {
          Applier.clear(parent, name);
          FileHandle created = parent.createFile(name, step.inode().mode());
          file = Optional.of(created);
          created.truncate(step.inode().size());
        }
      }
      return file;
    }

    private boolean isRight(Dir parent, BytePath name) throws IOException {
      Inode.RegularFile inode = step.inode();
      Optional<FileStatus> present = parent.find(name);
      if (present.isEmpty()
          || present.get().type() != FileType.REGULAR
          || present.get().size() != inode.size()
          || present.get().linkCount() != 1) {
        return false;
      }
      try (FileHandle content = parent.openFile(name)) {
        return Arrays.equals(digest(content), target.digest(inode));
      }
    }

    synchronized void finishSlice() throws IOException {
      unfinished--;
      if (unfinished == 0 && file.isPresent()) {
        try (FileHandle done = file.get()) {
          file = Optional.empty();
          Metadata.setOnNew(done, step.inode(), ImageTree.xattrs(step.inode()));
        }
      }
    }

    /** Closes what a failure left open. */
    synchronized void abandon() {
      file.ifPresent(FileHandle::close);
      file = Optional.empty();
    }
  }

  private static byte[] digest(FileHandle content) throws IOException {
    FsVerity.Digester digester = new FsVerity.Digester();
    ByteBuffer buffer = ByteBuffer.allocateDirect(CHECK_BUFFER);
    long position = 0;
    for (int n = content.read(buffer, position); n > 0; n = content.read(buffer, position)) {
      position += n;
      digester.update(buffer.flip());
      buffer.clear();
    }
    return digester.finish();
  }
}

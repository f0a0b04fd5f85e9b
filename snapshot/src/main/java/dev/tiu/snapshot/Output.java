package dev.tiu.snapshot;

import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** A file that is being written, shared by the threads that have a slice of it. */
final class Output {
  /** Whether the finished file's digest is held against the image's. */
  enum Check {
    /** Its bytes are the image's, and were held against the hash tree on their way. */
    NOT_NEEDED,

    /** A part of it was there before, or was made in another way. */
    BY_DIGEST
  }

  private final Wanted wanted;
  private final Leftover leftover;
  private final long start;
  private int slicesLeft;
  private Optional<FileHandle> file = Optional.empty();
  private Optional<String> failure = Optional.empty();

  Output(Wanted wanted, Leftover leftover) {
    this.wanted = wanted;
    this.leftover = leftover;
    this.start = wanted.content().start();
  }

  Site site() {
    return wanted.site();
  }

  BytePath path() {
    return wanted.path();
  }

  Inode.RegularFile inode() {
    return wanted.inode();
  }

  /** Where its content begins in what that comes from. */
  long start() {
    return start;
  }

  Content content() {
    return wanted.content();
  }

  /** Whether a piece is neither zeros nor there already. */
  boolean isMissing(int piece) {
    return !content().isHole(piece) && !leftover.has(piece);
  }

  /** Into how many slices the work was cut. */
  synchronized void slices(int count) {
    slicesLeft = count;
  }

  /** The file, made by the first that asks; empty if nothing needs to be written any more. */
  synchronized Optional<FileHandle> open(Parents.Parent parent) throws IOException {
    if (failure.isEmpty() && file.isEmpty()) {
      file = Optional.of(leftover.isEmpty() ? create(parent.dir()) : reopen(parent.dir()));
    }
    return failure.isEmpty() ? file : Optional.empty();
  }

  private FileHandle reopen(Dir parent) throws IOException {
    return parent.openForUpdate(path().name());
  }

  private FileHandle create(Dir parent) throws IOException {
    boolean inNewTree = site().base().isEmpty() && site().existing() == Existing.REPLACE;
    if (!inNewTree) {
      parent.removeIfThere(path().name());
    }
    FileHandle created = parent.createPrivate(path().name());
    boolean oneWrite = content().pieces() == 1 && !content().isHole(0);
    if (!oneWrite && inode().size() > 0) {
      // The size says at once how much there will be: what is missing after a kill is a hole.
      created.truncate(inode().size());
    }
    return created;
  }

  /** The file can't be completed in this way; what other threads still do for it is in vain. */
  synchronized void fail(String reason) {
    failure = failure.or(() -> Optional.of(reason));
  }

  /** Why it couldn't be completed. */
  synchronized Optional<String> failure() {
    return failure;
  }

  /** Ends a slice; the last one gives the file its metadata, or takes it away if it isn't right. */
  synchronized void finishSlice(Parents.Parent parent, Digests digests) throws IOException {
    slicesLeft--;
    if (slicesLeft > 0 || file.isEmpty()) {
      return;
    }
    try (FileHandle done = file.get()) {
      file = Optional.empty();
      if (failure.isEmpty() && !isRight(done, digests)) {
        failure = Optional.of("its content isn't what the image's table says");
      }
      if (failure.isEmpty()) {
        Metadata.setOnNew(
            done, inode(), leftover.isEmpty() ? parent.birth(done) : Parents.Birth.UNKNOWN);
      }
    }
    if (failure.isPresent()) {
      parent.dir().removeIfThere(path().name());
    }
  }

  private boolean isRight(FileHandle done, Digests digests) throws IOException {
    boolean trusted = wanted.check() == Check.NOT_NEEDED && leftover.isEmpty();
    return trusted || Arrays.equals(digests.of(done), site().target().digest(inode()));
  }

  /** Closes what a failure left open. */
  synchronized void abandon() {
    file.ifPresent(FileHandle::close);
    file = Optional.empty();
  }
}

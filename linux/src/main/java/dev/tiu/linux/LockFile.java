package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A lock between processes, and threads, by flock(2) on a file that says who holds it.
 *
 * <p>The lock goes with the process, however that ends; the file stays.
 */
public final class LockFile implements AutoCloseable {
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;
  private static final int HOLDER_LIMIT = 1024;
  private static final long POLL_MILLIS = 50;

  private final FileHandle file;

  private LockFile(FileHandle file) {
    this.file = file;
  }

  /**
   * Takes the lock if nobody holds it.
   *
   * @param holder what others shall read: {@code tiu update, process 1234}
   */
  public static Optional<LockFile> tryLock(Dir dir, BytePath name, String holder)
      throws LinuxException {
    FileHandle file = open(dir, name);
    boolean taken = false;
    try {
      if (!flock(file)) {
        return Optional.empty();
      }
      writeHolder(file, holder);
      taken = true;
      return Optional.of(new LockFile(file));
    } finally {
      if (!taken) {
        file.close();
      }
    }
  }

  /** A full disk has no room for the name, and needs the commands that make room all the more. */
  private static void writeHolder(FileHandle file, String holder) throws LinuxException {
    file.truncate(0);
    try {
      file.write(ByteBuffer.wrap(holder.getBytes(UTF_8)), 0);
    } catch (LinuxException e) {
      if (e.errno() != Errno.ENOSPC && e.errno() != Errno.EDQUOT) {
        throw e;
      }
    }
  }

  /** Whether the lock was free. */
  private static boolean flock(FileHandle file) throws LinuxException {
    int fd = file.descriptor().acquire();
    try {
      if (LibC.flock(fd, LOCK_EX | LOCK_NB) == 0) {
        return true;
      } else if (LibC.errno() == Errno.EAGAIN.number()) {
        return false;
      }
      throw Calls.failure("flock", file.descriptor().label(), BytePath.ROOT);
    } finally {
      file.descriptor().release();
    }
  }

  /**
   * Takes the lock, after waiting that long at most; zero doesn't wait.
   *
   * @throws LockedException if another holds it still, with what that said of itself
   * @throws LinuxException EINTR if the thread is interrupted, whose flag is set then
   */
  public static LockFile lock(Dir dir, BytePath name, String holder, Duration patience)
      throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Optional<LockFile> lock = tryLock(dir, name, holder);
      if (lock.isPresent()) {
        return lock.get();
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new LockedException(dir.descriptor().label().text(name), holder(dir, name), patience);
      }
      try {
        TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LinuxException(Errno.EINTR, "flock", dir.descriptor().label().text(name));
      }
    }
  }

  private static FileHandle open(Dir dir, BytePath name) throws LinuxException {
    while (true) {
      try {
        return dir.openForUpdate(name);
      } catch (LinuxException e) {
        if (e.errno() != Errno.ENOENT) {
          throw e;
        }
      }
      try {
        return dir.createFile(name, 0644);
      } catch (LinuxException e) {
        if (e.errno() != Errno.EEXIST) {
          throw e;
        }
      }
    }
  }

  private static String holder(Dir dir, BytePath name) throws IOException {
    byte[] content = new byte[HOLDER_LIMIT];
    int length;
    try (FileHandle file = dir.openFile(name)) {
      length = Math.max(0, file.read(ByteBuffer.wrap(content), 0));
    }
    // Anyone may have written there: nothing that could move the terminal's cursor is shown.
    String text = new String(content, 0, length, UTF_8).replaceAll("\\p{Cntrl}", " ").strip();
    return text.isEmpty() ? "a process that has not yet said which" : text;
  }

  /** Gives the lock back. */
  @Override
  public void close() {
    try {
      file.truncate(0);
    } catch (LinuxException e) {
      // Who comes next writes its own name; what counts is that the lock goes.
    } finally {
      file.close();
    }
  }
}

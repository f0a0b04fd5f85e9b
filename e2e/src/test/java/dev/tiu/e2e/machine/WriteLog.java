package dev.tiu.e2e.machine;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * What a machine wrote to its disk, in order, and so the disk as a power cut could have left it: at
 * each flush of the disk's cache, with all that was written before it and nothing that came after.
 *
 * <p>QEMU's {@code blklogwrites}, in the format of the kernel's dm-log-writes ({@code
 * Documentation/admin-guide/device-mapper/log-writes.rst}, {@code drivers/md/dm-log-writes.c}),
 * little-endian:
 *
 * <pre>
 * sector 0        u64 magic, u64 version, u64 entries, u32 sector size
 * then, for each  a sector with u64 sector, u64 sectors, u64 flags, u64 length; then its data
 * </pre>
 */
public final class WriteLog implements AutoCloseable {
  private static final long MAGIC = 0x6a736677736872L;
  private static final int FLUSH = 1;
  private static final int FUA = 2;
  private static final int DISCARD = 4;
  private static final int MARK = 8;

  /** Data of the log that belongs to some place of the disk. */
  private record Write(long logOffset, long diskOffset, long length) {}

  private final FileChannel log;
  private final FileChannel disk;
  private final int sectorSize;

  /** Written, but maybe still in the disk's cache. */
  private final List<Write> pending = new ArrayList<>();

  private long entry;
  private long at;
  private int flushes;

  private WriteLog(FileChannel log, FileChannel disk) throws IOException {
    this.log = log;
    this.disk = disk;
    ByteBuffer head = read(0, 28);
    if (head.getLong(0) != MAGIC || head.getLong(8) != 1) {
      throw new IOException("no log of writes");
    }
    this.sectorSize = head.getInt(24);
    this.at = sectorSize;
  }

  /**
   * Begins before the first write.
   *
   * @param disk raw, with the content that it had before the machine was started; changed from now
   *     on
   */
  public static WriteLog open(Path log, Path disk) throws IOException {
    return new WriteLog(FileChannel.open(log), FileChannel.open(disk, StandardOpenOption.WRITE));
  }

  /** How many writes and flushes a log has by now, also while its machine runs. */
  public static long entries(Path log) throws IOException {
    try (FileChannel channel = FileChannel.open(log)) {
      ByteBuffer head = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
      int unused = channel.read(head, 0);
      return head.getLong(16);
    }
  }

  /** How many of them the disk has been brought past. */
  public long entry() {
    return entry;
  }

  /** How many flushes there were until then. */
  public int flushes() {
    return flushes;
  }

  /** Makes the disk what it surely was after the next flush; false if there is none. */
  public boolean toNextFlush() throws IOException {
    long entries = read(0, 28).getLong(16);
    while (entry < entries) {
      ByteBuffer head = read(at, 32);
      long flags = head.getLong(16);
      long length = (flags & (DISCARD | MARK)) != 0 ? 0 : head.getLong(8) * sectorSize;
      Write write = new Write(at + sectorSize, head.getLong(0) * sectorSize, length);
      at += sectorSize + length;
      entry++;
      boolean flush = (flags & FLUSH) != 0;
      if (flush) {
        applyPending();
      }
      if ((flags & FUA) != 0) {
        apply(write);
      } else if (length > 0) {
        pending.add(write);
      }
      if (flush) {
        flushes++;
        return true;
      }
    }
    return false;
  }

  private void applyPending() throws IOException {
    for (Write write : pending) {
      apply(write);
    }
    pending.clear();
  }

  private void apply(Write write) throws IOException {
    for (long done = 0; done < write.length(); ) {
      long length = Math.min(write.length() - done, 1 << 20);
      ByteBuffer data = read(write.logOffset() + done, (int) length);
      while (data.hasRemaining()) {
        int unused = disk.write(data, write.diskOffset() + done + data.position());
      }
      done += length;
    }
  }

  private ByteBuffer read(long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (log.read(buffer, offset + buffer.position()) < 0) {
        throw new EOFException("the log of writes ends at " + (offset + buffer.position()));
      }
    }
    return buffer.flip();
  }

  @Override
  public void close() throws IOException {
    log.close();
    disk.close();
  }
}

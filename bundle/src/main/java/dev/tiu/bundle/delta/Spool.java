package dev.tiu.bundle.delta;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Stored bytes in the order in which they are made, on disk, until it is known which are used. */
final class Spool implements AutoCloseable {
  private final FileChannel file;
  private long end;

  private Spool(FileChannel file) {
    this.file = file;
  }

  /** In a file that goes with the process, whatever happens to that. */
  static Spool create(Path path) throws IOException {
    FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    Files.delete(path);
    return new Spool(file);
  }

  /** Gives the offset of the bytes. */
  synchronized long append(byte[] bytes) throws IOException {
    long offset = end;
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      end += file.write(buffer, end);
    }
    return offset;
  }

  void copy(long offset, int length, FileChannel to) throws IOException {
    long position = offset;
    while (position < offset + length) {
      position += file.transferTo(position, offset + length - position, to);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

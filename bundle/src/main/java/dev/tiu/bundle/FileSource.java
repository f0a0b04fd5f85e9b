package dev.tiu.bundle;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A bundle in a file. */
public final class FileSource implements ByteSource {
  private final FileChannel channel;
  private final String name;

  private FileSource(FileChannel channel, String name) {
    this.channel = channel;
    this.name = name;
  }

  /** Opens a file for reading. */
  public static FileSource open(Path path) throws IOException {
    return new FileSource(FileChannel.open(path, StandardOpenOption.READ), path.toString());
  }

  /** Reads from an open file, and closes it in the end. */
  public static FileSource of(FileChannel channel, String name) {
    return new FileSource(channel, name);
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public void read(long offset, ByteBuffer dst) throws IOException {
    long position = offset;
    while (dst.hasRemaining()) {
      int n = channel.read(dst, position);
      if (n < 0) {
        throw new EOFException(
            name + ": ends at offset " + position + ", " + dst.remaining() + " bytes too early");
      }
      position += n;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

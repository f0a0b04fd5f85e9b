package dev.tiu.e2e.machine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Lines over a UNIX socket; those that come are handed to a reader, in a thread of its own. */
final class LineSocket implements AutoCloseable {
  private final SocketChannel channel;
  private final Consumer<String> reader;

  private LineSocket(SocketChannel channel, Consumer<String> reader) {
    this.channel = channel;
    this.reader = reader;
  }

  static LineSocket connect(Path socket, Consumer<String> reader) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    LineSocket lines = new LineSocket(channel, reader);
    Thread thread = new Thread(lines::read, "lines of " + socket);
    thread.setDaemon(true);
    thread.start();
    return lines;
  }

  private void read() {
    try {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        reader.accept(line);
      }
    } catch (IOException e) {
      // The machine is gone; whoever waits for a line of it sees that.
    }
  }

  synchronized void send(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

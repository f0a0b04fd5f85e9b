package dev.tiu.health.probe;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** Whether a TCP connection can be made. */
public record TcpProbe(String host, int port) implements Probe {
  @Override
  public Finding look(Duration limit) throws InterruptedException {
    String where = host + ":" + port;
    return Bounded.call(limit, where, () -> connect(where, limit));
  }

  private Finding connect(String where, Duration limit) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), (int) limit.toMillis());
      return Finding.good(where + " takes connections");
    }
  }

  @Override
  public Cost cost() {
    return Cost.WORK;
  }
}

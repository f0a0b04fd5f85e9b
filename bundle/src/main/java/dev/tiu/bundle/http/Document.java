package dev.tiu.bundle.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A short file of a web server, fetched into memory by one request: nothing of it touches the disk,
 * and however much the server sends, no more is taken than was asked for.
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, is never compared
public record Document(byte[] content, Transferred cost) {
  private static final int MAX_FIRST_BUFFER = 1 << 16;

  /**
   * Fetches it.
   *
   * @param most bytes that are taken; what follows is left out
   * @throws TransferException if there is no file to be had
   */
  public static Document fetch(WebAddress address, Transfer transfer, int most) throws IOException {
    return fetch(address, transfer, most, Timing.SYSTEM);
  }

  static Document fetch(WebAddress address, Transfer transfer, int most, Timing timing)
      throws IOException {
    Meter meter = new Meter();
    WebClient client = new WebClient(address, transfer, timing, meter);
    Content content = Content.of(client, transfer, timing, meter);
    try {
      Attempts attempts = new Attempts(client, transfer, timing);
      while (true) {
        try {
          byte[] bytes = fetch(client, content, most);
          return new Document(bytes, meter.transferred());
        } catch (TransientException e) {
          attempts.failed(e);
        }
      }
    } catch (InterruptedException e) {
      throw HttpSource.interrupted();
    } finally {
      client.close();
    }
  }

  private static byte[] fetch(WebClient client, Content content, int most)
      throws IOException, InterruptedException {
    try (Answer answer = client.get(Optional.empty(), Optional.empty())) {
      if (answer.status() != 200) {
        throw new TransferException(
            client.address().toString(), "the server refuses it (status " + answer.status() + ")");
      }
      OptionalLong length = answer.contentLength();
      long expected = Math.min(most, length.orElse(most));
      ByteArrayOutputStream bytes =
          new ByteArrayOutputStream((int) Math.min(MAX_FIRST_BUFFER, expected));
      long count = content.copy(answer.body(), expected, buffer -> append(buffer, bytes));
      if (length.isPresent() && count < expected) {
        throw new TransientException(
            "the connection ended after %d of %d bytes".formatted(count, expected),
            Optional.empty());
      }
      return bytes.toByteArray();
    }
  }

  private static void append(ByteBuffer from, ByteArrayOutputStream to) {
    byte[] bytes = new byte[from.remaining()];
    from.get(bytes);
    to.writeBytes(bytes);
  }
}

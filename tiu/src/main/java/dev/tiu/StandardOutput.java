package dev.tiu;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;

/**
 * The stream of results; remembers the first failure, which a {@link java.io.PrintWriter} on top of
 * it doesn't tell.
 */
final class StandardOutput extends OutputStream {
  private final OutputStream out;
  private Optional<IOException> failure = Optional.empty();

  StandardOutput(OutputStream out) {
    this.out = out;
  }

  /** {@link ClosedPipeException} or {@link OutputException}, once a write failed. */
  Optional<IOException> failure() {
    return failure;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    if (failure.isPresent()) {
      throw failure.get();
    }
    try {
      out.write(source, offset, length);
    } catch (IOException e) {
      throw remember(e);
    }
  }

  @Override
  public void flush() throws IOException {
    if (failure.isPresent()) {
      throw failure.get();
    }
    try {
      out.flush();
    } catch (IOException e) {
      throw remember(e);
    }
  }

  /** Java has nothing but the C library's text for EPIPE; translations keep the word, too. */
  private IOException remember(IOException e) {
    boolean pipe = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
    IOException named = pipe ? new ClosedPipeException(e) : new OutputException(e);
    failure = Optional.of(named);
    return named;
  }
}

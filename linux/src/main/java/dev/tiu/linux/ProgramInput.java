package dev.tiu.linux;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A program's standard input; remembers whether it was the program that stopped reading. */
final class ProgramInput extends FilterOutputStream {
  private boolean broken;

  ProgramInput(OutputStream pipe) {
    super(pipe);
  }

  /** Whether a write failed; the other failures of a writer are its own. */
  boolean isBroken() {
    return broken;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    try {
      out.write(source, offset, length);
    } catch (IOException e) {
      broken = true;
      throw e;
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      broken = true;
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      out.close();
    } catch (IOException e) {
      broken = true;
      throw e;
    }
  }
}

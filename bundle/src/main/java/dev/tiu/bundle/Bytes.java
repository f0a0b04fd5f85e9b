package dev.tiu.bundle;

import dev.tiu.linux.BytePath;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes as a value: compared by content, never changed. */
final class Bytes {
  static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] bytes;

  private Bytes(byte[] bytes) {
    this.bytes = bytes;
  }

  static Bytes of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Bytes(bytes.clone());
  }

  static Bytes of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  byte[] toArray() {
    return bytes.clone();
  }

  int length() {
    return bytes.length;
  }

  /** One character per byte, for looking at ASCII in bytes of any kind. */
  String latin1() {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** For people. */
  @Override
  public String toString() {
    return BytePath.display(bytes);
  }
}

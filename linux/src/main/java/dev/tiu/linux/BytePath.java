package dev.tiu.linux;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A relative path as the kernel sees it: bytes, not characters.
 *
 * <p>Components are separated by single slashes; there is no leading or trailing slash, no empty
 * component, no {@code .} or {@code ..}, and no NUL. The empty path is the directory itself. A name
 * that isn't UTF-8 is kept exactly; {@link #toString()} shows it escaped. Order is by unsigned
 * bytes.
 */
public final class BytePath implements Comparable<BytePath> {
  /** The directory itself: no components. */
  public static final BytePath ROOT = new BytePath(new byte[0]);

  /** Longest component that Linux accepts (NAME_MAX). */
  public static final int NAME_MAX = 255;

  private final byte[] bytes;
  private final int hash;

  private BytePath(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /** The path whose bytes are {@code path} in UTF-8. */
  public static BytePath of(String path) {
    return ofBytes(path.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The path with exactly these bytes.
   *
   * @throws IllegalArgumentException if a component is empty, {@code .}, {@code ..}, longer than
   *     {@link #NAME_MAX} or has a NUL
   */
  public static BytePath ofBytes(byte[] path) {
    if (path.length == 0) {
      return ROOT;
    }
    byte[] copy = path.clone();
    int start = 0;
    for (int i = 0; i <= copy.length; i++) {
      if (i == copy.length || copy[i] == '/') {
        checkComponent(copy, start, i);
        start = i + 1;
      }
    }
    return new BytePath(copy);
  }

  /**
   * A name that the kernel gave, so that it needs no check; the bytes are this path's from now on.
   */
  static BytePath ofName(byte[] name) {
    return new BytePath(name);
  }

  private static void checkComponent(byte[] path, int start, int end) {
    int length = end - start;
    boolean dots =
        (length == 1 && path[start] == '.')
            || (length == 2 && path[start] == '.' && path[start + 1] == '.');
    boolean nul = false;
    for (int i = start; i < end; i++) {
      nul |= path[i] == 0;
    }
    if (length == 0 || length > NAME_MAX || dots || nul) {
      throw new IllegalArgumentException("not a relative path: " + display(path));
    }
  }

  /** This path with that one below it. */
  public BytePath resolve(BytePath child) {
    if (isRoot()) {
      return child;
    }
    if (child.isRoot()) {
      return this;
    }
    byte[] joined = Arrays.copyOf(bytes, bytes.length + 1 + child.bytes.length);
    joined[bytes.length] = '/';
    System.arraycopy(child.bytes, 0, joined, bytes.length + 1, child.bytes.length);
    return new BytePath(joined);
  }

  /** This path with that one, in UTF-8, below it. */
  public BytePath resolve(String child) {
    return resolve(of(child));
  }

  /** Whether this is the directory itself. */
  public boolean isRoot() {
    return bytes.length == 0;
  }

  /** All but the last component; the root's parent is the root. */
  public BytePath parent() {
    int slash = lastSlash();
    return slash < 0 ? ROOT : new BytePath(Arrays.copyOf(bytes, slash));
  }

  /** The last component; the root's name is the root. */
  public BytePath name() {
    int slash = lastSlash();
    return slash < 0 ? this : new BytePath(Arrays.copyOfRange(bytes, slash + 1, bytes.length));
  }

  /** Whether this path is {@code ancestor} or lies below it. */
  public boolean startsWith(BytePath ancestor) {
    int n = ancestor.bytes.length;
    return n == 0
        || (bytes.length >= n
            && Arrays.equals(bytes, 0, n, ancestor.bytes, 0, n)
            && (bytes.length == n || bytes[n] == '/'));
  }

  /**
   * What remains of this path below {@code ancestor}.
   *
   * @throws IllegalArgumentException if it doesn't lie there
   */
  public BytePath relativeTo(BytePath ancestor) {
    if (!startsWith(ancestor)) {
      throw new IllegalArgumentException(this + " is not below " + ancestor);
    }
    int n = ancestor.bytes.length;
    if (n == bytes.length) {
      return ROOT;
    }
    return new BytePath(Arrays.copyOfRange(bytes, n == 0 ? 0 : n + 1, bytes.length));
  }

  /** The bytes, without a terminating NUL; the caller's own copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Puts the bytes into the buffer at that index, without a terminating NUL. */
  void put(ByteBuffer buffer, int index) {
    buffer.put(index, bytes);
  }

  /** Length in bytes. */
  public int length() {
    return bytes.length;
  }

  private int lastSlash() {
    for (int i = bytes.length - 1; i >= 0; i--) {
      if (bytes[i] == '/') {
        return i;
      }
    }
    return -1;
  }

  @Override
  public int compareTo(BytePath other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BytePath that && hash == that.hash && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /**
   * For people: UTF-8 as it is; control characters, backslashes and bytes that aren't UTF-8 as
   * {@code \xNN}. The root is {@code .}.
   */
  @Override
  public String toString() {
    return isRoot() ? "." : display(bytes);
  }

  /** Whether they are what nearly all names are, and are shown as they are. */
  private static boolean isPlain(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0x20 || b == 0x7f || b == '\\') {
        return false;
      }
    }
    return true;
  }

  /** Any bytes, shown as {@link #toString()} shows a path's. */
  public static String display(byte[] bytes) {
    if (isPlain(bytes)) {
      return new String(bytes, StandardCharsets.US_ASCII);
    }
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString();
      if (text.codePoints().noneMatch(c -> Character.isISOControl(c) || c == '\\')) {
        return text;
      }
    } catch (CharacterCodingException e) {
      // Shown byte by byte below.
    }
    StringBuilder escaped = new StringBuilder();
    for (byte b : bytes) {
      if (b >= 0x20 && b < 0x7f && b != '\\') {
        escaped.append((char) b);
      } else {
        escaped.append(String.format("\\x%02x", b & 0xff));
      }
    }
    return escaped.toString();
  }
}

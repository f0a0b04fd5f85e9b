package dev.tiu.bundle.delta;

import java.io.ByteArrayOutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How to make a segment from the old range by copying with corrections.
 *
 * <pre>
 * number  controlSize      bytes of the control part
 * number  correctionSize   bytes of the corrections
 * control                  for each stretch, until the segment is full:
 *   number  corrected      bytes of the old range, each plus the next correction modulo 256
 *   number  added          bytes taken as they are
 *   signed  skip           how far the position in the old range moves then
 * corrections
 * added bytes              the rest
 * </pre>
 *
 * <p>Numbers have seven bits in each byte, the lowest first; all bytes but the last have the
 * highest bit set. A signed one is doubled, and minus one if it is negative, and then its sign is
 * dropped (0, -1, 1, -2 are 0, 1, 2, 3). The position in the old range starts at 0.
 */
final class Difference {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Most bytes of a number below 2<sup>32</sup>. */
  private static final int MAX_NUMBER = 5;

  private final ByteBuffer control;
  private final ByteBuffer corrections;
  private final ByteBuffer added;

  /**
   * Takes a difference apart.
   *
   * @throws IllegalArgumentException if its parts don't fit into it
   */
  private Difference(ByteBuffer bytes) {
    int controlSize = number(bytes, bytes.remaining());
    int correctionSize = number(bytes, bytes.remaining());
    this.control = part(bytes, controlSize);
    this.corrections = part(bytes, correctionSize);
    this.added = bytes.slice();
  }

  private static ByteBuffer part(ByteBuffer bytes, int size) {
    if (size > bytes.remaining()) {
      throw new IllegalArgumentException(
          "a part of " + size + " bytes where " + bytes.remaining() + " are left");
    }
    ByteBuffer part = bytes.slice(bytes.position(), size);
    bytes.position(bytes.position() + size);
    return part;
  }

  /**
   * Fills {@code dst}.
   *
   * @throws IllegalArgumentException if the difference isn't one of exactly that many bytes, or
   *     reaches out of the old range
   */
  static void apply(ByteBuffer difference, ByteBuffer old, ByteBuffer dst) {
    // The same for both, as whole words are copied from one to the other.
    new Difference(difference)
        .applyTo(old.order(ByteOrder.LITTLE_ENDIAN), dst.order(ByteOrder.LITTLE_ENDIAN));
  }

  private void applyTo(ByteBuffer old, ByteBuffer dst) {
    long position = 0;
    while (control.hasRemaining()) {
      int corrected = number(control, Math.min(dst.remaining(), corrections.remaining()));
      if (corrected > 0) {
        if (position < 0 || position > old.limit() - corrected) {
          throw new IllegalArgumentException(
              corrected
                  + " bytes at "
                  + position
                  + " of an old range of "
                  + old.limit()
                  + " bytes");
        }
        add(old, (int) position, corrected, dst);
      }
      int plain = number(control, Math.min(dst.remaining(), added.remaining()));
      dst.put(part(added, plain));
      position += corrected + (long) signed(control);
    }
    if (dst.hasRemaining() || corrections.hasRemaining() || added.hasRemaining()) {
      throw new IllegalArgumentException(
          dst.remaining()
              + " bytes are missing, "
              + (corrections.remaining() + added.remaining())
              + " are left over");
    }
  }

  /** Eight bytes at once where they need no correction, which is almost everywhere. */
  private void add(ByteBuffer old, int from, int count, ByteBuffer dst) {
    int i = 0;
    int at = corrections.position();
    int to = dst.position();
    while (i < count) {
      if (count - i >= Long.BYTES && corrections.getLong(at + i) == 0) {
        dst.putLong(to + i, old.getLong(from + i));
        i += Long.BYTES;
      } else {
        int end = Math.min(count, i + Long.BYTES);
        for (; i < end; i++) {
          dst.put(to + i, (byte) (old.get(from + i) + corrections.get(at + i)));
        }
      }
    }
    corrections.position(at + count);
    dst.position(to + count);
  }

  private static int number(ByteBuffer bytes, int most) {
    long number = raw(bytes);
    if (number > most) {
      throw new IllegalArgumentException(number + " bytes where there are " + most);
    }
    return (int) number;
  }

  private static int signed(ByteBuffer bytes) {
    long number = raw(bytes);
    return (int) ((number >>> 1) ^ -(number & 1));
  }

  private static long raw(ByteBuffer bytes) {
    long number = 0;
    for (int i = 0; i < MAX_NUMBER; i++) {
      if (!bytes.hasRemaining()) {
        throw new IllegalArgumentException("a number is cut short");
      }
      byte next = bytes.get();
      number |= (next & 0x7fL) << (7 * i);
      if (next >= 0) {
        if (number > 0xffffffffL) {
          break;
        }
        return number;
      }
    }
    throw new IllegalArgumentException("a number is too large");
  }

  static void putNumber(ByteArrayOutputStream out, int number) {
    putRaw(out, Integer.toUnsignedLong(number));
  }

  static void putSigned(ByteArrayOutputStream out, int number) {
    putRaw(out, Integer.toUnsignedLong((number << 1) ^ (number >> 31)));
  }

  private static void putRaw(ByteArrayOutputStream out, long number) {
    long left = number;
    while (left > 0x7f) {
      out.write((int) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }

  static long getLong(byte[] bytes, int i) {
    return (long) LONGS.get(bytes, i);
  }

  static int getInt(byte[] bytes, int i) {
    return (int) INTS.get(bytes, i);
  }
}

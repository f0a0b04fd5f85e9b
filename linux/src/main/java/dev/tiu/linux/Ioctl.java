package dev.tiu.linux;

/** How ioctl numbers are made of direction, size, type and number: {@code asm-generic/ioctl.h}. */
final class Ioctl {
  private static final int WRITE = 1;
  private static final int READ = 2;

  private Ioctl() {}

  static long none(int type, int number) {
    return number(0, type, number, 0);
  }

  /** The kernel writes the structure. */
  static long read(int type, int number, int size) {
    return number(READ, type, number, size);
  }

  /** The kernel reads the structure. */
  static long write(int type, int number, int size) {
    return number(WRITE, type, number, size);
  }

  static long readWrite(int type, int number, int size) {
    return number(READ | WRITE, type, number, size);
  }

  private static long number(int direction, int type, int number, int size) {
    return (long) direction << 30 | (long) size << 16 | type << 8 | number;
  }
}

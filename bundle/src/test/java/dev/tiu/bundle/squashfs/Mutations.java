package dev.tiu.bundle.squashfs;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * Damages an image at random, again and again, and reads all of it: only the declared exceptions
 * may come out, in bounded time and memory.
 */
final class Mutations {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long[] EDGES = {
    0,
    1,
    2,
    3,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    8192,
    8193,
    1 << 24,
    0x7fffffffL,
    0x80000000L,
    0xffffffffL,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1
  };

  private final byte[] sound;
  private final long seed;
  private final long maxNanos;
  private final long maxAllocated;
  private int refused;
  private int accepted;

  Mutations(byte[] sound, long seed, long maxNanos, long maxAllocated) {
    this.sound = sound;
    this.seed = seed;
    this.maxNanos = maxNanos;
    this.maxAllocated = maxAllocated;
  }

  /** How many damaged images were refused. */
  int refused() {
    return refused;
  }

  /** How many were read nevertheless: what was damaged doesn't matter to a reader. */
  int accepted() {
    return accepted;
  }

  /** Damages bytes in the superblock or from {@code from} on. */
  void run(int rounds, int from) {
    for (int round = 0; round < rounds; round++) {
      Random random = new Random(seed + round);
      byte[] image = sound.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        damage(image, from, random);
      }
      readMeasured(image, round);
    }
  }

  private static void damage(byte[] image, int from, Random random) {
    boolean inSuperblock = random.nextInt(8) == 0;
    int at =
        inSuperblock ? random.nextInt(Superblock.SIZE) : from + random.nextInt(image.length - from);
    switch (random.nextInt(3)) {
      case 0 -> image[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> image[at] = (byte) random.nextInt();
      default -> overwrite(image, at, 1 << random.nextInt(4), random);
    }
  }

  private static void overwrite(byte[] image, int at, int size, Random random) {
    ByteBuffer number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    number.putLong(EDGES[random.nextInt(EDGES.length)] + random.nextInt(3) - 1);
    int fits = Math.min(size, image.length - at);
    System.arraycopy(number.array(), 0, image, at, fits);
  }

  private void readMeasured(byte[] image, int round) {
    long start = cpuTime();
    long allocated = allocated();
    try {
      Images.readAll(image, SquashfsImage.Limits.DEFAULT);
      accepted++;
    } catch (IOException e) {
      refused++;
    } catch (RuntimeException | Error e) {
      throw new AssertionError("seed " + seed + ", round " + round + " brought out " + e, e);
    }
    long nanos = cpuTime() - start;
    long bytes = allocated() - allocated;
    if (nanos > maxNanos || bytes > maxAllocated) {
      throw new AssertionError(
          "seed %d, round %d took %d ms of CPU and %d bytes"
              .formatted(seed, round, nanos / 1_000_000, bytes));
    }
  }

  private static long allocated() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }

  /** Not the clock's: other work on the machine must not fail the test. */
  private static long cpuTime() {
    return THREADS.getCurrentThreadCpuTime();
  }
}

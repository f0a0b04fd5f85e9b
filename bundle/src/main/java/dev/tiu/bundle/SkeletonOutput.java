package dev.tiu.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that a skeleton is written to; where nothing is written stays a hole. */
@FunctionalInterface
public interface SkeletonOutput {
  /**
   * Writes all of the buffer. Offsets grow, and nothing is written twice.
   *
   * @param offset in the skeleton, which is the bundle's
   */
  void write(ByteBuffer bytes, long offset) throws IOException;
}

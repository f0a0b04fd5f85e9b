package dev.tiu.bundle;

import java.io.IOException;

/** A bundle is damaged, incomplete or not what it says it is: which part, and at which offset. */
public class BundleException extends IOException {
  private final String source;
  private final Part part;
  private final long offset;

  /**
   * Says what is wrong.
   *
   * @param source the bundle's name, as the person gave it
   * @param offset in bytes from the start of the bundle
   */
  public BundleException(String source, Part part, long offset, String problem) {
    super(source + ": " + part + " at offset " + offset + ": " + problem);
    this.source = source;
    this.part = part;
    this.offset = offset;
  }

  /** The same for a failure that knows what, but not where in the bundle. */
  public BundleException(String source, Part part, long offset, IOException cause) {
    this(source, part, offset, String.valueOf(cause.getMessage()));
    initCause(cause);
  }

  /** The bundle's name. */
  public String source() {
    return source;
  }

  public Part part() {
    return part;
  }

  /** In bytes from the start of the bundle. */
  public long offset() {
    return offset;
  }
}

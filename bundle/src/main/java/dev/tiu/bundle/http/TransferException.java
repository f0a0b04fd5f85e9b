package dev.tiu.bundle.http;

import java.io.IOException;

/** A server or the way to it doesn't give what is needed, after all that could be tried. */
public class TransferException extends IOException {
  private final String address;
  private final String problem;

  /**
   * Says what is wrong.
   *
   * @param address as {@link WebAddress#toString} shows it, without secrets
   * @param problem and what to do
   */
  public TransferException(String address, String problem) {
    super(address + ": " + problem);
    this.address = address;
    this.problem = problem;
  }

  /** Where. */
  public String address() {
    return address;
  }

  /** Whether the server says that there is nothing at this address. */
  public boolean isNotThere() {
    return false;
  }

  String problem() {
    return problem;
  }

  /** The same failure for another thread, whose own stack it shows. */
  TransferException again() {
    TransferException again = new TransferException(address, problem);
    again.initCause(this);
    return again;
  }
}

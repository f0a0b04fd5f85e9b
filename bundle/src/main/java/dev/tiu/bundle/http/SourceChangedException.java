package dev.tiu.bundle.http;

/** What is at an address was replaced while it was read: whoever reads it must start over. */
public final class SourceChangedException extends TransferException {
  private static final String WHAT_TO_DO =
      ". Nothing was installed of either; run the same command again";

  private final String evidence;

  /**
   * Says how it showed.
   *
   * @param address as {@link WebAddress#toString} shows it
   */
  public SourceChangedException(String address, String evidence) {
    super(address, "was replaced on the server while it was read (" + evidence + ")" + WHAT_TO_DO);
    this.evidence = evidence;
  }

  @Override
  SourceChangedException again() {
    SourceChangedException again = new SourceChangedException(address(), evidence);
    again.initCause(this);
    return again;
  }
}

package dev.tiu.boot;

import java.io.IOException;

/**
 * A snapshot that can't be made to boot. Nothing that boots now has been touched.
 *
 * <p>The message says what is wrong, what that means for the device, and what to do.
 */
public class BootException extends IOException {
  private static final long serialVersionUID = 1;

  private final String problem;
  private final String remedy;

  /**
   * A failure.
   *
   * @param problem what is wrong, without a period: {@code boot/vmlinuz-6.1.0: is version 6.2.0}
   * @param consequence what it means, one sentence
   * @param remedy what to do, one sentence
   */
  public BootException(String problem, String consequence, String remedy) {
    super(problem + ". " + consequence + " " + remedy);
    this.problem = problem;
    this.remedy = remedy;
  }

  /** What is wrong. */
  public String problem() {
    return problem;
  }

  /** What to do. */
  public String remedy() {
    return remedy;
  }
}

package dev.tiu.boot.initrd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** What other packages' tests need of initrds that count the boots of a trial. */
public final class CountingInitrds {
  private CountingInitrds() {}

  /** How one begins. */
  public static String start() {
    return new String(
        new CpioArchive().file("tiu/counts-tries-1", new byte[0]).begun(), ISO_8859_1);
  }
}

package dev.tiu.health.probe;

import java.time.Duration;

/** Looks at one thing of the running system, and changes nothing. */
public interface Probe {
  /**
   * Looks once.
   *
   * @param limit how long that may take; what takes longer is bad
   */
  Finding look(Duration limit) throws InterruptedException;

  /** What one look costs, and so whether it is repeated until the answer is good. */
  default Cost cost() {
    return Cost.LOOK;
  }

  /** How dear a look is. */
  enum Cost {
    /** Next to nothing: what isn't good yet is looked at again as long as the try lasts. */
    LOOK,
    /** A program is run, or somebody asked: one look is the whole try. */
    WORK
  }
}

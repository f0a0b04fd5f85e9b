package dev.tiu.snapshot;

/** What the files that a plan writes may find in their place. */
public enum Existing {
  /** Nothing of use: the tree is new, or as its record says. What stands there is replaced. */
  REPLACE,

  /**
   * Perhaps the right content already, from a run that was cut short: it is kept if its digest is
   * the image's.
   */
  KEEP_IF_RIGHT
}

package dev.tiu.etcmerge.accounts;

/** What becomes of an account or a group, by who has it. */
enum Fate {
  /** No image has it: the device's own. */
  OWN,
  /** The device and the image have it. */
  MERGED,
  /** Only the image has it. */
  NEW,
  /** The image has it, and the device removed it: it stays removed. */
  DELETED,
  /** The image has it no more, and nothing needs it. */
  REMOVED,
  /** The image has it no more, but it was changed here or has files. */
  KEPT
}

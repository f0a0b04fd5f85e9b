package dev.tiu.linux;

/** Whether a subvolume or mount may be written. */
public enum Access {
  READ_ONLY,
  WRITABLE
}

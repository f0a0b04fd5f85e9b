package dev.tiu.bundle;

/** What a signed file of tiu's is; its trailer and its manifest both say so. */
public enum Kind {
  /** A whole image, {@code .tiu}. */
  BUNDLE("bundle", 'U'),
  /** Patches that make the files of one image from those of another, {@code .tiud}. */
  DELTA("delta", 'D');

  private final String label;
  private final byte letter;

  Kind(String label, char letter) {
    this.label = label;
    this.letter = (byte) letter;
  }

  /** The trailer's first bytes. */
  byte[] magic() {
    return new byte[] {(byte) 0x89, 'T', 'I', letter, '\r', '\n', 0x1a, '\n'};
  }

  /** As manifests and messages name it. */
  @Override
  public String toString() {
    return label;
  }
}

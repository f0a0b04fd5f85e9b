package dev.tiu.bundle;

/** The parts of a bundle, in file order, as messages name them. */
public enum Part {
  IMAGE("squashfs image"),
  HASH_TREE("hash tree"),
  CONTENT_TABLE("content table"),
  SIGNATURE("signature"),
  MANIFEST("manifest"),
  TRAILER("trailer");

  private final String label;

  Part(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}

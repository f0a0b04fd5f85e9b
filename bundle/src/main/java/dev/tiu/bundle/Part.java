package dev.tiu.bundle;

/** The parts of a bundle or a delta, in file order, as messages name them. */
public enum Part {
  IMAGE("squashfs image"),
  PATCHES("patches"),
  HASH_TREE("hash tree"),
  CONTENT_TABLE("content table"),
  PATCH_INDEX("index of patches"),
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

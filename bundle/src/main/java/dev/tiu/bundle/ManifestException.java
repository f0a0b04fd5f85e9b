package dev.tiu.bundle;

import java.io.IOException;

/** A manifest lacks a field, or a field has a value that can't be: which one. */
public final class ManifestException extends IOException {
  private final String field;

  /** A field as a path, {@code verity.rootHash}, or empty; and what is wrong with it. */
  public ManifestException(String field, String problem) {
    super(field.isEmpty() ? problem : field + ": " + problem);
    this.field = field;
  }

  /** The field as a path, {@code verity.rootHash}; empty if the JSON itself is at fault. */
  public String field() {
    return field;
  }
}

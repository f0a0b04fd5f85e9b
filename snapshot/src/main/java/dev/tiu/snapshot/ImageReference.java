package dev.tiu.snapshot;

/**
 * Which image a snapshot holds.
 *
 * @param id hex SHA-256 of the manifest as signed, so that two builds of one version differ
 * @param version as the distributor named it
 */
public record ImageReference(String id, String version) {
  public ImageReference {
    if (!id.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("image id " + id);
    }
  }
}

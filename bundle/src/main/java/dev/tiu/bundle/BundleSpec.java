package dev.tiu.bundle;

import dev.tiu.linux.BytePath;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a person decides about a bundle that is made; the rest is found in the tree.
 *
 * @param compatible patterns of device names
 * @param architecture as {@code uname -m} says it; found in the tree if empty
 * @param created goes into the image and the manifest: {@code SOURCE_DATE_EPOCH} if it is set, now
 *     otherwise; fractions of a second are dropped
 * @param kept patterns of paths that are packed although they would be left out
 * @param imageOwned paths of {@code /var} that go with the image; the usual ones needn't be named
 * @param etcPolicies what becomes of paths of {@code /etc} where nothing else is said
 * @param boot how it is to be booted; where the initrd comes from the image, those are packed
 */
public record BundleSpec(
    List<String> compatible,
    Version version,
    Optional<Version> minVersion,
    Optional<Instant> expires,
    Optional<String> architecture,
    Instant created,
    Compression compression,
    BlockSize blockSize,
    List<String> kept,
    List<BytePath> imageOwned,
    List<EtcPolicy> etcPolicies,
    Manifest.Boot boot) {
  /** Copies the lists, and checks what can't be packed. */
  public BundleSpec {
    compatible = List.copyOf(compatible);
    kept = boot.initrd().equals(Optional.of("image")) ? withInitrds(kept) : List.copyOf(kept);
    imageOwned = ImageOwned.with(imageOwned).paths();
    etcPolicies = List.copyOf(etcPolicies);
    created = Instant.ofEpochSecond(created.getEpochSecond());
    if (created.getEpochSecond() < 0 || created.getEpochSecond() > 0xffffffffL) {
      throw new IllegalArgumentException("squashfs can't store the time " + created);
    }
  }

  /** With the usual image-owned paths alone, no policies, and booted as the device does it. */
  public BundleSpec(
      List<String> compatible,
      Version version,
      Optional<Version> minVersion,
      Optional<Instant> expires,
      Optional<String> architecture,
      Instant created,
      Compression compression,
      BlockSize blockSize,
      List<String> kept) {
    this(
        compatible,
        version,
        minVersion,
        expires,
        architecture,
        created,
        compression,
        blockSize,
        kept,
        List.of(),
        List.of(),
        Manifest.Boot.UNSPECIFIED);
  }

  private static List<String> withInitrds(List<String> kept) {
    return Stream.concat(kept.stream(), ImageFilter.INITRDS.stream()).distinct().toList();
  }
}

package dev.tiu.boot.disk;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What somebody has said to losing all that is on a disk.
 *
 * @param named the disk whose content may go, as it was typed; empty if nobody said anything
 */
public record Consent(Optional<String> named) {
  /** Nothing may be lost. */
  public static Consent none() {
    return new Consent(Optional.empty());
  }

  /** What is on the disk of that name may be lost. */
  public static Consent toLose(String disk) {
    return new Consent(Optional.of(disk));
  }

  /** Whether that disk was meant: by the name that the command was given for it, to the letter. */
  boolean covers(Path disk) {
    return named.filter(disk.toString()::equals).isPresent();
  }
}

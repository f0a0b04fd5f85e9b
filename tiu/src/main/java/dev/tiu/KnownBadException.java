package dev.tiu;

/** An image was tried on this device, and proved unfit. */
final class KnownBadException extends UnfitException {
  private static final long serialVersionUID = 1;

  KnownBadException(String message) {
    super(message);
  }
}

package dev.tiu.etcmerge.accounts;

import java.io.IOException;

/** There is no number left that an account of the image's could have on the device. */
public final class NoFreeIdException extends IOException {
  private static final long serialVersionUID = 1;

  private final String name;

  NoFreeIdException(String kind, String name, int number, String holder) {
    super(
        ("the image's %s %s has the number %s, which is %s's here, and none from %d to %d is free"
                + " to give it instead. Nothing was changed; remove accounts that aren't needed, or"
                + " give %s another number with usermod or groupmod")
            .formatted(
                kind,
                name,
                Integer.toUnsignedString(number),
                holder,
                Numbers.FIRST_FREE,
                Numbers.LAST_FREE,
                holder));
    this.name = name;
  }

  /** The account or group that would need a number. */
  public String name() {
    return name;
  }
}

package dev.tiu.etcmerge.accounts;

/**
 * Something that the merge did with an account, or left undone, and that isn't to be expected.
 *
 * @param file where it shows
 * @param name of the account or group
 * @param sentence for people
 */
public record AccountNote(AccountFile file, String name, String sentence, Kind kind) {
  /** How much it matters. */
  public enum Kind {
    /** The image gave it another number, which its files don't get: of interest only in detail. */
    NUMBER_KEPT,
    /** The image's number is another's here: it gets a new one, and so do the image's files. */
    NUMBER_MOVED,
    /** Something that was settled. */
    SETTLED,
    /** Something that somebody should look at. */
    CONFLICT
  }

  /** Whether somebody should look at it. */
  public boolean isConflict() {
    return kind == Kind.CONFLICT;
  }
}

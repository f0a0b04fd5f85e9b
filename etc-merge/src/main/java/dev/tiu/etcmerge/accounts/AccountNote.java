package dev.tiu.etcmerge.accounts;

/**
 * Something that the merge did with an account, or left undone, and that isn't to be expected.
 *
 * @param file where it shows
 * @param name of the account or group
 * @param sentence for people
 * @param isConflict whether somebody should look at it
 */
public record AccountNote(AccountFile file, String name, String sentence, boolean isConflict) {}

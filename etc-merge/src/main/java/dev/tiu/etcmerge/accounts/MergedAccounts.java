package dev.tiu.etcmerge.accounts;

import dev.tiu.linux.IdMap;
import java.util.List;

/**
 * What the accounts become.
 *
 * @param files all that the merge decides, also those that stay as they are; one that the device
 *     has removed isn't among them
 * @param ids which numbers of the image are others here; needed for the image's files, and by the
 *     next merge
 * @param notes in the order of the files
 */
public record MergedAccounts(AccountFiles files, IdMap ids, List<AccountNote> notes) {
  public MergedAccounts {
    notes = List.copyOf(notes);
  }
}

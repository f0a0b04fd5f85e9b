package dev.tiu.etcmerge.accounts;

import static dev.tiu.etcmerge.accounts.AccountFile.PASSWD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.IdMap;
import java.io.IOException;

/** Merges of accounts after which nothing is left to do. */
final class CheckedMerge {
  private CheckedMerge() {}

  static MergedAccounts merge(Etc base, Etc local, Etc image) throws IOException {
    return merge(base, local, image, IdMap.NONE, Owners.NONE);
  }

  /** Also makes sure that nothing is left to do afterwards. */
  static MergedAccounts merge(Etc base, Etc local, Etc image, IdMap previous, FileOwners owners)
      throws IOException {
    MergedAccounts merged =
        AccountMerge.merge(base.files(), local.files(), image.files(), previous, owners);
    MergedAccounts again =
        AccountMerge.merge(image.files(), merged.files(), image.files(), merged.ids(), owners);
    assertThat(Etc.of(again.files()).lines(PASSWD)).isEqualTo(result(merged).lines(PASSWD));
    assertThat(again).isEqualTo(new MergedAccounts(merged.files(), merged.ids(), again.notes()));
    assertThat(again.notes()).isEmpty();
    return merged;
  }

  static Etc result(MergedAccounts merged) {
    return Etc.of(merged.files());
  }
}

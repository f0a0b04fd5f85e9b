package dev.tiu;

import dev.tiu.etcmerge.accounts.AccountFile;
import dev.tiu.etcmerge.accounts.AccountFiles;
import dev.tiu.etcmerge.accounts.AccountMerge;
import dev.tiu.etcmerge.accounts.AccountNote;
import dev.tiu.etcmerge.accounts.FileOwners;
import dev.tiu.etcmerge.accounts.MergedAccounts;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.IdMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Accounts that were changed on both sides after the update: merged by record, as an update does
 * it. What only one side has changed needs no merge, and keeps each of its numbers.
 *
 * @param contents of the files, by their paths; nothing if no merge is needed
 * @param lines what somebody should know of them
 */
record LaterAccounts(Map<BytePath, byte[]> contents, List<EtcReport.Line> lines) {
  static final LaterAccounts NONE = new LaterAccounts(Map.of(), List.of());

  /** An account that was removed on purpose goes, whoever's its files are. */
  private static final FileOwners NOBODYS =
      new FileOwners() {
        @Override
        public boolean ownsFiles(int uid) {
          return false;
        }

        @Override
        public boolean groupOwnsFiles(int gid) {
          return false;
        }
      };

  LaterAccounts {
    contents = Map.copyOf(contents);
    lines = List.copyOf(lines);
  }

  /**
   * Merges.
   *
   * @param merged what the update made
   * @param live what it was changed into here
   * @param edited what the update would have made of the later edits
   * @param from the snapshot with those
   */
  static LaterAccounts merge(Dir merged, Dir live, Dir edited, int from) throws IOException {
    AccountFiles base = AccountReader.read(merged);
    AccountFiles here = AccountReader.read(live);
    AccountFiles there = AccountReader.read(edited);
    if (base.equals(here) || base.equals(there) || here.equals(there)) {
      return NONE;
    }
    MergedAccounts result = AccountMerge.merge(base, here, there, IdMap.NONE, NOBODYS);
    List<EtcReport.Line> lines = new ArrayList<>();
    for (IdMap.Entry moved : result.ids().users()) {
      lines.add(moved(AccountFile.PASSWD, moved, from));
    }
    for (IdMap.Entry moved : result.ids().groups()) {
      lines.add(moved(AccountFile.GROUP, moved, from));
    }
    for (AccountNote note : result.notes()) {
      switch (note.kind()) {
        case NUMBER_MOVED -> {
          // Said above: it is about files that an update gives their owners.
        }
        case NUMBER_KEPT ->
            lines.add(
                LaterEdits.account(
                    note.file(),
                    "%s: has another number in snapshot %d: it keeps the one that it has here"
                        .formatted(note.name(), from),
                    true));
        case SETTLED, CONFLICT ->
            lines.add(
                LaterEdits.account(
                    note.file(),
                    "%s: %s (\"the image\" is what was changed in snapshot %d after the update)"
                        .formatted(note.name(), note.sentence(), from),
                    note.isConflict()));
      }
    }
    return new LaterAccounts(AccountUpdate.contents(result), lines);
  }

  private static EtcReport.Line moved(AccountFile file, IdMap.Entry entry, int from) {
    return LaterEdits.account(
        file,
        ("%s: its number %s in snapshot %d is another's here: it has %s. Its files, such as those"
                + " in /home, have the old one: give them to it with chown")
            .formatted(
                entry.name(),
                Integer.toUnsignedString(entry.image()),
                from,
                Integer.toUnsignedString(entry.device())),
        true);
  }
}

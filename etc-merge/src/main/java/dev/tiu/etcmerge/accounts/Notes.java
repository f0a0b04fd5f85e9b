package dev.tiu.etcmerge.accounts;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is to be said. */
final class Notes {
  private final List<AccountNote> notes = new ArrayList<>();

  /** Something that was settled. */
  void say(AccountFile file, String name, String sentence) {
    notes.add(new AccountNote(file, name, sentence, false));
  }

  /** Something that somebody should look at. */
  void warn(AccountFile file, String name, String sentence) {
    notes.add(new AccountNote(file, name, sentence, true));
  }

  List<AccountNote> all() {
    return notes.stream().sorted(Comparator.comparing(AccountNote::file)).toList();
  }
}

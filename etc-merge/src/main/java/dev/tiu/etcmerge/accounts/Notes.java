package dev.tiu.etcmerge.accounts;

import dev.tiu.etcmerge.accounts.AccountNote.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is to be said. */
final class Notes {
  private final List<AccountNote> notes = new ArrayList<>();

  /** Something that was settled. */
  void say(AccountFile file, String name, String sentence) {
    notes.add(new AccountNote(file, name, sentence, Kind.SETTLED));
  }

  /** That an account of the image's gets another number here. */
  void sayNumberMoved(AccountFile file, String name, String sentence) {
    notes.add(new AccountNote(file, name, sentence, Kind.NUMBER_MOVED));
  }

  /** That an account, which the image gave another number, has the one it had. */
  void sayNumberKept(AccountFile file, String name, String image, String local) {
    String sentence =
        "has the number %s in the image now: it keeps %s here".formatted(image, local);
    notes.add(new AccountNote(file, name, sentence, Kind.NUMBER_KEPT));
  }

  /** Something that somebody should look at. */
  void warn(AccountFile file, String name, String sentence) {
    notes.add(new AccountNote(file, name, sentence, Kind.CONFLICT));
  }

  List<AccountNote> all() {
    return notes.stream().sorted(Comparator.comparing(AccountNote::file)).toList();
  }
}

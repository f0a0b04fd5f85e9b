package dev.tiu;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.tiu.etcmerge.MergeEntry;
import dev.tiu.etcmerge.MergeReport;
import dev.tiu.etcmerge.accounts.AccountNote;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** The merge report as it is kept with the snapshot, and as it is shown. */
final class EtcReport {
  /** Its file in {@code N/tiu}. */
  static final String NAME = "etc-merge.json";

  private EtcReport() {}

  /**
   * A list: each path, what became of it, and where the image's version lies if it isn't live; then
   * what there is to say of accounts.
   */
  static byte[] json(MergeReport report, List<AccountNote> accounts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      json.writeStartArray();
      for (MergeEntry entry : report.entries()) {
        write(entry, json);
      }
      for (AccountNote note : accounts) {
        json.writeStartObject();
        json.writeStringField("path", "/etc/" + note.file().fileName());
        json.writeStringField("outcome", "account");
        json.writeBooleanField("conflict", note.isConflict());
        json.writeStringField("detail", sentence(note));
        json.writeEndObject();
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void write(MergeEntry entry, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("path", "/etc/" + entry.path());
    json.writeStringField(
        "outcome", entry.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    json.writeBooleanField("conflict", entry.outcome().isConflict());
    if (entry.beside().isPresent()) {
      json.writeStringField("beside", "/etc/" + entry.beside().get());
    }
    json.writeEndObject();
  }

  private static String sentence(MergeEntry entry) {
    String beside = entry.beside().map(path -> ", as /etc/" + path).orElse("");
    return entry.outcome().sentence() + beside;
  }

  private static String sentence(AccountNote note) {
    return note.name() + ": " + note.sentence();
  }

  static void print(MergeReport report, List<AccountNote> accounts, Console console) {
    int taken = report.entries().size() - report.conflicts().size();
    if (taken > 0) {
      console.print("/etc: %s taken from the image".formatted(Console.count(taken, "change")));
    }
    for (MergeEntry entry : report.conflicts()) {
      console.print("/etc/%s: %s".formatted(entry.path(), sentence(entry)));
    }
    for (AccountNote note : accounts) {
      console.print("/etc/%s: %s".formatted(note.file().fileName(), sentence(note)));
    }
  }
}

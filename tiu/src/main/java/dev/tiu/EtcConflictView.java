package dev.tiu;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * An open conflict in /etc, as {@code --json} shows it.
 *
 * @param outcome what the merge did, in one word
 * @param reason the same for people
 * @param beside where the version lies that isn't live
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record EtcConflictView(String path, String outcome, String reason, @Nullable String beside) {
  static EtcConflictView of(EtcReport.Line line) {
    return new EtcConflictView(
        "/etc/" + line.path(),
        line.outcome(),
        line.sentence(),
        line.beside().map(path -> "/etc/" + path).orElse(null));
  }
}

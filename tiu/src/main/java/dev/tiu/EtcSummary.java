package dev.tiu;

import dev.tiu.etcmerge.MergeEntry.Outcome;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is said of a merge of /etc when it is done: first what somebody should look at, a line each,
 * and last in a line what went by itself. {@code tiu etc preview} has all of it.
 */
final class EtcSummary {
  private static final Set<Outcome> TAKEN =
      Set.of(Outcome.UPDATED, Outcome.UPDATED_METADATA, Outcome.ADDED, Outcome.REMOVED);

  private EtcSummary() {}

  static void print(EtcReport report, Console console) {
    List<EtcReport.Line> lines = report.lines();
    report.conflicts().forEach(line -> console.print(line.text()));
    lines.stream()
        .filter(line -> !line.conflict())
        .filter(line -> line.outcome().equals(EtcReport.ACCOUNT) || line.is(Outcome.PINNED))
        .forEach(line -> console.print(line.text()));
    long numbers =
        lines.stream().filter(line -> line.outcome().equals(EtcReport.ACCOUNT_NUMBER)).count();
    if (numbers > 0) {
      console.print(
          "/etc: the image has other numbers for %s: those of the device stay"
              .formatted(Console.count(numbers, "account")));
    }
    String merged =
        lines.stream()
            .filter(line -> line.is(Outcome.MERGED))
            .map(line -> line.path().toString())
            .collect(Collectors.joining(", "));
    if (!merged.isEmpty()) {
      console.print("/etc: your changes and the image's are both in " + merged);
    }
    long taken = lines.stream().filter(line -> TAKEN.stream().anyMatch(line::is)).count();
    if (taken > 0) {
      console.print("/etc: %s taken from the image".formatted(Console.count(taken, "change")));
    }
  }
}

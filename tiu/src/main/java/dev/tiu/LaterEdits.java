package dev.tiu;

import dev.tiu.etcmerge.MergeEntry;
import dev.tiu.etcmerge.ValidationEntry;
import dev.tiu.etcmerge.accounts.AccountFile;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What there is to say of edits that were made in another snapshot after the update, where somebody
 * has written to the /etc that they are brought into as well. None of the two is an image's, so
 * that an update's words would be wrong for them.
 *
 * <p>What was here is what is live, and the edit is what lies beside it: to {@code resolve}, that
 * is the machine's version, as its name {@code .tiu-orig} says.
 */
final class LaterEdits {
  private static final String PREFIX = "later-";

  private static final String BESIDE = "; --local makes the edit live, --image what is live now";
  private static final String ALONE = "; --local leaves it so, --image takes the image's";

  /** By outcome; the one place is for the snapshot with the edits. */
  private static final Map<String, String> SENTENCES =
      Map.ofEntries(
          Map.entry(
              "kept-local",
              "changed here, and in %s after the update: what was here is live, that edit is"
                  + " beside it"),
          Map.entry(
              "kept-removed",
              "removed here, and changed in %s after the update: that edit is beside its old"
                  + " place"),
          Map.entry(
              "kept-though-dropped",
              "changed here, and removed in %s after the update: what was here is kept"),
          Map.entry(
              "kept-link",
              "removed in %s after the update, but it leads to what was changed here: kept"),
          Map.entry(
              "kept-choice",
              "linked otherwise here, and in %s after the update: what was here is kept"),
          Map.entry(
              "kept-local-metadata",
              "owner or mode changed here, and in %s after the update: what was here is kept"),
          Map.entry(
              "stricter-mode",
              "mode changed here, and in %s after the update: the stricter one is set"),
          Map.entry(
              "fell-back",
              "invalid with what was changed in %s after the update: what was here is live, the"
                  + " merged one is beside it"),
          Map.entry(
              "invalid-anyway",
              "invalid, and also without what was changed in %s after the update: the merged one is"
                  + " live"),
          Map.entry(
              "not-judged",
              "not checked with what was changed in %s after the update: the tool didn't come to an"
                  + " end"),
          Map.entry(
              "left-out",
              "made here when there were edits in %s to bring in, and no file, directory or link:"
                  + " left out"));

  private LaterEdits() {}

  static boolean isOne(EtcReport.Line line) {
    return line.outcome().startsWith(PREFIX);
  }

  /**
   * What somebody should look at after such a merge.
   *
   * @param from the snapshot with the edits
   */
  static EtcReport.Line line(MergeEntry entry, int from) {
    return line(EtcReport.Line.of(entry), from);
  }

  /** What is said of an account, as a whole sentence. */
  static EtcReport.Line account(AccountFile file, String sentence, boolean conflict) {
    return new EtcReport.Line(
        BytePath.of(file.fileName()),
        PREFIX + EtcReport.ACCOUNT,
        conflict,
        Optional.empty(),
        Optional.of(sentence),
        false);
  }

  /**
   * What validators said of the whole. What is as it was edited was judged with the update's own
   * merge.
   */
  static List<EtcReport.Line> judged(List<ValidationEntry> judged, int from) {
    List<ValidationEntry> ours =
        judged.stream()
            .filter(entry -> entry.outcome() != ValidationEntry.Outcome.INVALID_IN_IMAGE)
            .toList();
    return new EtcReport(List.of())
        .withJudged(ours).lines().stream().map(line -> line(line, from)).toList();
  }

  private static EtcReport.Line line(EtcReport.Line line, int from) {
    String snapshot = "snapshot " + from;
    return new EtcReport.Line(
        line.path(),
        PREFIX + line.outcome(),
        line.conflict(),
        line.beside(),
        Optional.of(line.detail().map(d -> snapshot + " (" + d + ")").orElse(snapshot)),
        false);
  }

  /** For people; says which version each choice of {@code resolve} makes live. */
  static String sentence(EtcReport.Line line) {
    String outcome = line.outcome().substring(PREFIX.length());
    String snapshot = line.detail().orElse("another snapshot");
    if (outcome.equals(EtcReport.ACCOUNT)) {
      return snapshot;
    }
    String template = SENTENCES.get(outcome);
    String said =
        template == null
            ? outcome + ", with the edits made in " + snapshot + " after the update"
            : template.formatted(snapshot);
    return line.beside().map(path -> said + ", as /etc/" + path + BESIDE).orElse(said + ALONE);
  }

  /** Those of an earlier such merge that nobody has settled. */
  static List<EtcReport.Line> open(EtcReport report, Dir etc) throws IOException {
    return report.open(etc).stream().filter(LaterEdits::isOne).toList();
  }

  /** Where an earlier such merge has put edits that lie there still, below /etc. */
  static Set<BytePath> put(List<EtcReport.Line> open, Dir etc) throws IOException {
    Set<BytePath> put = new HashSet<>();
    for (EtcReport.Line line : open) {
      Optional<BytePath> beside = line.beside();
      if (beside.isPresent()
          && etc.find(beside.get()).filter(s -> s.type() != FileType.DIRECTORY).isPresent()) {
        put.add(beside.get());
      }
    }
    return put;
  }

  /** The lines of this merge, then those of the earlier ones that still are true. */
  static List<EtcReport.Line> all(List<EtcReport.Line> now, List<EtcReport.Line> earlier) {
    List<EtcReport.Line> all = new ArrayList<>(now);
    for (EtcReport.Line line : earlier) {
      boolean replaced =
          line.beside().isPresent() && now.stream().anyMatch(n -> n.beside().equals(line.beside()));
      if (!replaced && !all.contains(line)) {
        all.add(line);
      }
    }
    return all;
  }
}

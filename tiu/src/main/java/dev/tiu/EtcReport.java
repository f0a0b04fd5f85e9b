package dev.tiu;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.bundle.JsonTree;
import dev.tiu.etcmerge.MergeEntry;
import dev.tiu.etcmerge.MergeReport;
import dev.tiu.etcmerge.RegenerationEntry;
import dev.tiu.etcmerge.ValidationEntry;
import dev.tiu.etcmerge.accounts.AccountNote;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.LinuxException;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.Layout;
import dev.tiu.snapshot.SnapshotStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a merge of /etc did, as it is kept with the snapshot and shown.
 *
 * <p>The file is a JSON list of objects: {@code path}, {@code outcome}, {@code conflict}, and where
 * there is one {@code beside}, {@code detail}, {@code resolved}. Paths are absolute and written as
 * {@link ImagePath} reads them.
 */
record EtcReport(List<Line> lines) {
  /** Its file in {@code N/tiu}. */
  static final String NAME = "etc-merge.json";

  private static final BytePath PATH = Layout.FILES.resolve(NAME);
  private static final int LIMIT = 16 << 20;

  /** What is said of an account, and not of a whole file. */
  static final String ACCOUNT = "account";

  /** The same where all there is to say is that the device's number of it is another. */
  static final String ACCOUNT_NUMBER = "account-number";

  private static final Map<String, String> SENTENCES = sentences();

  /**
   * One path.
   *
   * @param path below /etc
   * @param outcome as {@link MergeEntry.Outcome} calls it, in lower case with dashes
   * @param conflict whether somebody should look at it
   * @param beside where the version lies, below /etc, that isn't live
   * @param resolved whether somebody has looked at it, and said so
   */
  record Line(
      BytePath path,
      String outcome,
      boolean conflict,
      Optional<BytePath> beside,
      Optional<String> detail,
      boolean resolved) {
    static Line of(MergeEntry entry) {
      return new Line(
          entry.path(),
          label(entry.outcome()),
          entry.outcome().isConflict(),
          entry.beside(),
          entry.detail(),
          false);
    }

    /** What is said of an account. */
    static Line of(AccountNote note) {
      return new Line(
          BytePath.of(note.file().fileName()),
          note.kind() == AccountNote.Kind.NUMBER_KEPT ? ACCOUNT_NUMBER : ACCOUNT,
          note.isConflict(),
          Optional.empty(),
          Optional.of(note.name() + ": " + note.sentence()),
          false);
    }

    Line asResolved() {
      return new Line(path, outcome, conflict, beside, detail, true);
    }

    /** Whether content of both sides had to come together. */
    boolean isOfBothSides() {
      return is(MergeEntry.Outcome.KEPT_LOCAL) || is(MergeEntry.Outcome.MERGED);
    }

    Line asRegenerated() {
      return new Line(
          path,
          label(MergeEntry.Outcome.REGENERATED),
          false,
          Optional.empty(),
          Optional.empty(),
          false);
    }

    Line asWithoutTool() {
      return new Line(
          path,
          label(RegenerationEntry.Outcome.NO_TOOL),
          false,
          Optional.empty(),
          Optional.empty(),
          false);
    }

    /** Whether it is about something that lies at its path, and that isn't there any more. */
    private boolean isOver(Dir etc) throws IOException {
      boolean needsPath =
          is(MergeEntry.Outcome.KEPT_THOUGH_DROPPED)
              || is(MergeEntry.Outcome.KEPT_LINK)
              || is(MergeEntry.Outcome.DANGLING);
      return needsPath && etc.find(path).isEmpty();
    }

    /** Whether the other says the same, or what the other says took its place. */
    private boolean isSaidBy(Line other) {
      boolean sameBeside = beside.isPresent() && beside.equals(other.beside);
      return path.equals(other.path)
          && (sameBeside
              || (outcome.equals(other.outcome)
                  && beside.equals(other.beside)
                  && detail.equals(other.detail)));
    }

    /** For people, with the path. */
    String text() {
      return "/etc/%s: %s".formatted(path, sentence());
    }

    boolean is(MergeEntry.Outcome other) {
      return outcome.equals(label(other));
    }

    /** For people. */
    String sentence() {
      if (outcome.equals(ACCOUNT) || outcome.equals(ACCOUNT_NUMBER)) {
        return detail.orElse(outcome);
      }
      if (LaterEdits.isOne(this)) {
        return LaterEdits.sentence(this);
      }
      String said = SENTENCES.getOrDefault(outcome, outcome);
      return said
          + detail.map(text -> " (" + text + ")").orElse("")
          + beside.map(place -> ", as /etc/" + place).orElse("");
    }
  }

  EtcReport {
    lines = List.copyOf(lines);
  }

  /** Of a merge, with what there is to say of the accounts in it. */
  static EtcReport of(MergeReport report, List<AccountNote> accounts) {
    return new EtcReport(
        Stream.concat(report.entries().stream().map(Line::of), accounts.stream().map(Line::of))
            .toList());
  }

  /** Of a merge of nothing but files. */
  static EtcReport of(MergeReport report) {
    return of(report, List.of());
  }

  /** With what {@link LaterEdits} has to say: first, as it is about what became of the rest. */
  EtcReport withLater(List<Line> later) {
    return new EtcReport(Stream.concat(later.stream(), lines.stream()).toList());
  }

  /** With others that it hasn't yet. */
  EtcReport with(List<Line> more) {
    List<Line> all = new ArrayList<>(lines);
    more.stream().filter(line -> !lines.contains(line)).forEach(all::add);
    return new EtcReport(all);
  }

  /**
   * With what earlier updates left open, behind what is new: it stays so until somebody settles it.
   *
   * @param etc the merged one
   */
  EtcReport withEarlier(List<Line> open, Dir etc) throws IOException {
    List<Line> all = new ArrayList<>(lines);
    for (Line line : new EtcReport(open).open(etc)) {
      if (!line.isOver(etc) && conflicts().stream().noneMatch(line::isSaidBy)) {
        all.add(line);
      }
    }
    return new EtcReport(all);
  }

  /**
   * With those resolved that already were so in another report of the same /etc. Of later edits
   * each is a conflict of its own, though it has the words of another.
   */
  EtcReport withResolvedOf(EtcReport other) {
    return new EtcReport(
        lines.stream()
            .map(
                line ->
                    !LaterEdits.isOne(line) && other.lines.contains(line.asResolved())
                        ? line.asResolved()
                        : line)
            .toList());
  }

  private static String label(Enum<?> outcome) {
    return outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** All sentences by their labels; no two kinds of outcome share one. */
  private static Map<String, String> sentences() {
    Map<String, String> sentences = new HashMap<>();
    for (MergeEntry.Outcome outcome : MergeEntry.Outcome.values()) {
      sentences.put(label(outcome), outcome.sentence());
    }
    for (ValidationEntry.Outcome outcome : ValidationEntry.Outcome.values()) {
      sentences.put(label(outcome), outcome.sentence());
    }
    for (RegenerationEntry.Outcome outcome : RegenerationEntry.Outcome.values()) {
      sentences.put(label(outcome), outcome.sentence());
    }
    return sentences;
  }

  /** With what validators said, as far as there is something to say. */
  EtcReport withJudged(List<ValidationEntry> judged) {
    List<Line> all = new ArrayList<>(lines);
    for (ValidationEntry entry : judged) {
      String words = said(entry.validator(), entry.words());
      entry.fellBack().forEach(f -> all.add(line(f.path(), entry.outcome(), f.beside(), words)));
      if (entry.fellBack().isEmpty() && entry.outcome().isConflict()) {
        all.add(line(entry.paths().get(0), entry.outcome(), Optional.empty(), words));
      }
    }
    return new EtcReport(all);
  }

  private static Line line(
      BytePath path, ValidationEntry.Outcome outcome, Optional<BytePath> beside, String words) {
    return new Line(path, label(outcome), outcome.isConflict(), beside, Optional.of(words), false);
  }

  /** With what tools have made, or couldn't make. */
  EtcReport withMade(List<RegenerationEntry> made) {
    List<Line> all = new ArrayList<>(lines);
    for (RegenerationEntry entry : made) {
      boolean failed = entry.outcome() == RegenerationEntry.Outcome.FAILED;
      if (failed || entry.outcome() == RegenerationEntry.Outcome.MADE) {
        BytePath path = entry.paths().isEmpty() ? BytePath.ROOT : entry.paths().get(0);
        String words = said(entry.name(), entry.words());
        all.add(
            new Line(
                path, label(entry.outcome()), failed, Optional.empty(), Optional.of(words), false));
      }
    }
    return new EtcReport(all);
  }

  private static String said(String who, List<String> words) {
    return words.isEmpty() ? who : who + ": " + words.get(words.size() - 1);
  }

  /**
   * That of a snapshot; nothing if none was merged for it.
   *
   * @throws DeviceException if it can't be read
   */
  static EtcReport read(Dir place, int number) throws IOException {
    if (place.find(PATH).isEmpty()) {
      return new EtcReport(List.of());
    }
    try {
      return parse(place.readAll(PATH, LIMIT));
    } catch (JsonProcessingException e) {
      throw new DeviceException(
          "%s of snapshot %d is damaged (%s): what the merge of /etc did isn't known"
              .formatted(PATH, number, e.getOriginalMessage()));
    }
  }

  /**
   * The conflicts that are open in a snapshot's live /etc. What can't be read says nothing; that it
   * is damaged shows elsewhere.
   */
  static List<Line> openIn(SnapshotStore store, int number) throws IOException {
    try (Dir live = store.openLiveEtc(number);
        Dir place = store.open(number)) {
      return read(place, number).open(live);
    } catch (DeviceException | LinuxException e) {
      return List.of();
    }
  }

  static EtcReport parse(byte[] json) throws IOException {
    List<Line> lines = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonNode node : JsonTree.read(parser)) {
        lines.add(
            new Line(
                path(node.path("path").asText()),
                node.path("outcome").asText(),
                node.path("conflict").asBoolean(),
                node.has("beside")
                    ? Optional.of(path(node.path("beside").asText()))
                    : Optional.empty(),
                Optional.ofNullable(node.path("detail").asText(null)),
                node.path("resolved").asBoolean()));
      }
    }
    return new EtcReport(lines);
  }

  private static BytePath path(String text) {
    BytePath absolute = ImagePath.parse(text).path();
    BytePath etc = BytePath.of("etc");
    return absolute.equals(etc) || !absolute.startsWith(etc)
        ? BytePath.ROOT
        : absolute.relativeTo(etc);
  }

  /** Replaces that of a snapshot, at once and on the disk. */
  void write(Dir place) throws IOException {
    place.writeAtomically(PATH, json(), 0600);
  }

  byte[] json() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      write(json, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void write(JsonGenerator json, List<Line> lines) throws IOException {
    json.writeStartArray();
    for (Line line : lines) {
      json.writeStartObject();
      json.writeStringField("path", "/etc/" + line.path());
      json.writeStringField("outcome", line.outcome());
      json.writeBooleanField("conflict", line.conflict());
      if (line.beside().isPresent()) {
        json.writeStringField("beside", "/etc/" + line.beside().get());
      }
      if (line.detail().isPresent()) {
        json.writeStringField("detail", line.detail().get());
      }
      if (line.resolved()) {
        json.writeBooleanField("resolved", true);
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Those that somebody should look at, whether or not that was done. */
  List<Line> conflicts() {
    return lines.stream().filter(Line::conflict).toList();
  }

  /**
   * Conflicts that are still open: nobody said that they are resolved, and what was put beside the
   * live version is still there. One of later edits comes before others of its path: those are
   * about what is live when it is settled.
   *
   * @param etc the snapshot's live /etc
   */
  List<Line> open(Dir etc) throws IOException {
    List<Line> open = new ArrayList<>();
    for (Line line : conflicts()) {
      boolean there = line.beside().isEmpty() || etc.find(line.beside().get()).isPresent();
      if (!line.resolved() && there) {
        open.add(line);
      }
    }
    Set<BytePath> first =
        open.stream().filter(LaterEdits::isOne).map(Line::path).collect(Collectors.toSet());
    open.removeIf(line -> !LaterEdits.isOne(line) && first.contains(line.path()));
    return open;
  }

  /** The same, with all that is said of a path resolved; or first, all of later edits. */
  EtcReport resolved(BytePath path) {
    boolean later =
        lines.stream().anyMatch(l -> l.path().equals(path) && LaterEdits.isOne(l) && !l.resolved());
    return new EtcReport(
        lines.stream()
            .map(
                line ->
                    line.path().equals(path) && (!later || LaterEdits.isOne(line))
                        ? line.asResolved()
                        : line)
            .toList());
  }
}

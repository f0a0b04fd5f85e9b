package dev.tiu.etcmerge.accounts;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Merges subuid and subgid: ranges that the device has given stay, and one that the image brings
 * must not overlap them. A user may be named in them by its number.
 */
final class SubordinateMerge {
  private static final int START = 1;
  private static final int COUNT = 2;

  /** Where useradd begins (SUB_UID_MIN), and what an id can't reach. */
  private static final long FIRST = 100_000;

  private static final long END = 0xffffffffL;

  private final List<FileMerge> files;
  private final SubordinateOwners owners;
  private final Notes notes;

  /** Ranges of the image's and where they are here: an account gets the same in both files. */
  private final Map<String, Long> moved = new HashMap<>();

  private record Range(long start, long end) {
    static Range of(Line line) {
      long start = Long.parseLong(line.field(START));
      return new Range(start, start + Long.parseLong(line.field(COUNT)));
    }

    boolean overlaps(Range other) {
      return start < other.end && other.start < end;
    }
  }

  SubordinateMerge(FileMerge subuid, FileMerge subgid, SubordinateOwners owners, Notes notes) {
    this.files = List.of(subuid, subgid);
    this.owners = owners;
    this.notes = notes;
  }

  void merge() {
    for (FileMerge file : files) {
      Map<String, List<Line>> base = byOwner(file.base(), owners::ofBase);
      Map<String, List<Line>> local = byOwner(file.local(), owners::ofLocal);
      Map<String, List<Line>> image = byOwner(file.image(), owners::ofImage);
      file.result()
          .remove(
              line ->
                  owners.isRemoved(line)
                      && hasRange(base.getOrDefault(owners.ofLocal(line), List.of()), line));
      image.forEach(
          (owner, lines) -> {
            List<Line> before = base.getOrDefault(owner, List.of());
            if (local.containsKey(owner)) {
              sayIfChanged(file, before, local.getOrDefault(owner, List.of()), lines);
            } else if (before.isEmpty() && !lines.stream().allMatch(owners::isDeleted)) {
              lines.forEach(line -> add(file, owners.here(line)));
            }
          });
    }
  }

  private static Map<String, List<Line>> byOwner(Table table, Function<Line, String> owner) {
    Map<String, List<Line>> lines = new LinkedHashMap<>();
    table.lines().stream()
        .filter(Line::isRecord)
        .forEach(
            line -> lines.computeIfAbsent(owner.apply(line), o -> new ArrayList<>()).add(line));
    return lines;
  }

  private static boolean hasRange(List<Line> lines, Line wanted) {
    return lines.stream().anyMatch(line -> Range.of(line).equals(Range.of(wanted)));
  }

  private static Set<Range> ranges(List<Line> lines) {
    return lines.stream().map(Range::of).collect(Collectors.toSet());
  }

  private void sayIfChanged(FileMerge file, List<Line> base, List<Line> local, List<Line> image) {
    if (!ranges(base).equals(ranges(image)) && !ranges(local).equals(ranges(image))) {
      notes.say(
          file.file(),
          local.get(0).name(),
          "has other ranges in the image now: it keeps its own here");
    }
  }

  private void add(FileMerge file, Line line) {
    boolean taken =
        file.result().records().stream()
            .anyMatch(other -> Range.of(other).overlaps(Range.of(line)));
    if (!taken) {
      file.insert(line);
      return;
    }
    OptionalLong start = place(line);
    if (start.isEmpty()) {
      notes.warn(
          file.file(),
          line.name(),
          "its range from %s is another's here, and none is free: it has none"
              .formatted(line.field(START)));
      return;
    }
    file.insert(line.with(START, Long.toString(start.getAsLong())));
    notes.say(
        file.file(),
        line.name(),
        "its range from %s is another's here: it has the one from %d"
            .formatted(line.field(START), start.getAsLong()));
  }

  /** Behind everything that either file and the image have. */
  private OptionalLong place(Line line) {
    Long known = moved.get(line.text());
    if (known != null) {
      return OptionalLong.of(known);
    }
    long start = FIRST;
    for (FileMerge file : files) {
      for (Line other : file.result().records()) {
        start = Math.max(start, Range.of(other).end);
      }
      for (Line other : file.image().lines()) {
        start = other.isRecord() ? Math.max(start, Range.of(other).end) : start;
      }
    }
    if (start + Range.of(line).end - Range.of(line).start > END) {
      return OptionalLong.empty();
    }
    moved.put(line.text(), start);
    return OptionalLong.of(start);
  }
}

package dev.tiu.etcmerge.accounts;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Merges subuid and subgid: ranges that the device has given stay, and one that the image brings
 * must not overlap them.
 */
final class SubordinateMerge {
  private static final int START = 1;
  private static final int COUNT = 2;

  /** Where useradd begins (SUB_UID_MIN), and what an id can't reach. */
  private static final long FIRST = 100_000;

  private static final long END = 0xffffffffL;

  private final List<FileMerge> files;
  private final Fates users;
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

  SubordinateMerge(FileMerge subuid, FileMerge subgid, Fates users, Notes notes) {
    this.files = List.of(subuid, subgid);
    this.users = users;
    this.notes = notes;
  }

  void merge() {
    for (FileMerge file : files) {
      for (String name : users.all(Fate.REMOVED)) {
        List<Line> shipped = file.base().all(name);
        file.result().remove(line -> line.name().equals(name) && shipped.contains(line));
      }
      file.image().names().forEach(name -> merge(file, name));
    }
  }

  private void merge(FileMerge file, String name) {
    List<Line> base = file.base().all(name);
    List<Line> image = file.image().all(name);
    if (file.local().has(name)) {
      sayIfChanged(file, name, base, image);
    } else if (base.isEmpty() && !users.is(name, Fate.DELETED)) {
      image.forEach(line -> add(file, line));
    }
  }

  private void sayIfChanged(FileMerge file, String name, List<Line> base, List<Line> image) {
    boolean changed = !new HashSet<>(base).equals(new HashSet<>(image));
    if (changed && !new HashSet<>(file.local().all(name)).equals(new HashSet<>(image))) {
      notes.say(file.file(), name, "has other ranges in the image now: it keeps its own here");
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

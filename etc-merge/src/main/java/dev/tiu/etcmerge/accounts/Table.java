package dev.tiu.etcmerge.accounts;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A file as it is read: its lines, and its records by name. Of several with one name the first
 * counts, as for those who look a name up.
 */
final class Table {
  private final List<Line> lines = new ArrayList<>();
  private final Map<String, Line> records = new LinkedHashMap<>();
  private final boolean endsWithNewline;

  private Table(AccountFile file, String text) {
    endsWithNewline = text.isEmpty() || text.endsWith("\n");
    if (!text.isEmpty()) {
      String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
      for (String line : body.split("\n", -1)) {
        lines.add(Line.parse(file, line));
      }
    }
    for (Line line : lines) {
      if (line.isRecord()) {
        records.putIfAbsent(line.name(), line);
      }
    }
  }

  static Table parse(AccountFile file, String text) {
    return new Table(file, text);
  }

  List<Line> lines() {
    return Collections.unmodifiableList(lines);
  }

  boolean endsWithNewline() {
    return endsWithNewline;
  }

  Optional<Line> find(String name) {
    return Optional.ofNullable(records.get(name));
  }

  boolean has(String name) {
    return records.containsKey(name);
  }

  /** In the order of the file. */
  Set<String> names() {
    return Collections.unmodifiableSet(records.keySet());
  }

  /** In the order of the file, one for each name. */
  Collection<Line> records() {
    return Collections.unmodifiableCollection(records.values());
  }

  /** The names before that one, the nearest first. */
  List<String> namesBefore(String name) {
    List<String> before = new ArrayList<>();
    for (String other : records.keySet()) {
      if (other.equals(name)) {
        break;
      }
      before.add(other);
    }
    Collections.reverse(before);
    return before;
  }
}

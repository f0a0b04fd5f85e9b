package dev.tiu.etcmerge.accounts;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A file that is changed: what nobody touches stays byte for byte where it is. */
final class TableEdit {
  private final List<Line> lines;
  private boolean endsWithNewline;

  TableEdit(Table table) {
    this.lines = new ArrayList<>(table.lines());
    this.endsWithNewline = table.endsWithNewline();
  }

  /** Puts a line in the place of another. */
  void replace(Line old, Line now) {
    int index = lines.indexOf(old);
    if (index < 0) {
      throw new IllegalArgumentException("no such line to replace");
    }
    lines.set(index, now);
  }

  void remove(Predicate<Line> doomed) {
    lines.removeIf(line -> line.isRecord() && doomed.test(line));
  }

  List<Line> records() {
    return lines.stream().filter(Line::isRecord).toList();
  }

  /**
   * Adds a record behind the first of these names that there is; else behind the last record; else
   * before what is looked up elsewhere.
   */
  void insert(Line line, List<String> behind) {
    int index = place(behind);
    lines.add(index, line);
    if (index == lines.size() - 1) {
      endsWithNewline = true;
    }
  }

  private int place(List<String> behind) {
    for (String name : behind) {
      int last = last(line -> line.isRecord() && line.name().equals(name));
      if (last >= 0) {
        return last + 1;
      }
    }
    int last = last(Line::isRecord);
    if (last >= 0) {
      return last + 1;
    }
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isNis()) {
        return i;
      }
    }
    return lines.size();
  }

  private int last(Predicate<Line> wanted) {
    for (int i = lines.size() - 1; i >= 0; i--) {
      if (wanted.test(lines.get(i))) {
        return i;
      }
    }
    return -1;
  }

  String text() {
    String text = String.join("\n", lines.stream().map(Line::text).toList());
    return endsWithNewline && !lines.isEmpty() ? text + "\n" : text;
  }
}

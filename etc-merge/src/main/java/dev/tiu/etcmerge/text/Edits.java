package dev.tiu.etcmerge.text;

import com.github.difflib.DiffUtils;
import com.github.difflib.algorithm.myers.MyersDiffWithLinearSpace;
import com.github.difflib.patch.AbstractDelta;
import java.util.ArrayList;
import java.util.List;

/**
 * What makes one list of lines of another: the ranges that differ, in order, with at least one
 * common line between each and the next.
 */
record Edits(List<Edit> edits) {
  /**
   * Lines {@code from} to {@code to} of the base are lines {@code newFrom} to {@code newTo} of the
   * other; either range may be empty.
   */
  record Edit(int from, int to, int newFrom, int newTo) {
    boolean touches(int otherFrom, int otherTo) {
      return from <= otherTo && otherFrom <= to;
    }
  }

  Edits {
    edits = List.copyOf(edits);
  }

  /** Compares only between the lines that both begin and end with. */
  static Edits between(List<String> base, List<String> other) {
    int common = Math.min(base.size(), other.size());
    int start = 0;
    while (start < common && base.get(start).equals(other.get(start))) {
      start++;
    }
    int end = 0;
    while (end < common - start
        && base.get(base.size() - 1 - end).equals(other.get(other.size() - 1 - end))) {
      end++;
    }
    List<String> baseMiddle = base.subList(start, base.size() - end);
    List<String> otherMiddle = other.subList(start, other.size() - end);
    if (baseMiddle.isEmpty() && otherMiddle.isEmpty()) {
      return new Edits(List.of());
    }
    if (baseMiddle.isEmpty() || otherMiddle.isEmpty()) {
      Edit all = new Edit(start, base.size() - end, start, other.size() - end);
      return new Edits(List.of(all));
    }
    return differing(baseMiddle, otherMiddle, start);
  }

  private static Edits differing(List<String> base, List<String> other, int start) {
    var patch =
        DiffUtils.diff(
            base, other, MyersDiffWithLinearSpace.factory().create(String::equals), null);
    List<Edit> edits = new ArrayList<>();
    for (AbstractDelta<String> delta : patch.getDeltas()) {
      int from = start + delta.getSource().getPosition();
      int newFrom = start + delta.getTarget().getPosition();
      Edit edit =
          new Edit(
              from, from + delta.getSource().size(), newFrom, newFrom + delta.getTarget().size());
      Edit last = edits.isEmpty() ? null : edits.get(edits.size() - 1);
      if (last != null && last.to() == from && last.newTo() == newFrom) {
        edits.set(edits.size() - 1, new Edit(last.from(), edit.to(), last.newFrom(), edit.newTo()));
      } else {
        edits.add(edit);
      }
    }
    return new Edits(edits);
  }
}

package dev.tiu.etcmerge.accounts;

import java.util.ArrayList;
import java.util.List;

/**
 * One line, without its end.
 *
 * @param fields of a record; none if the line is a comment, empty, for NIS ({@code +…}, {@code
 *     -…}), or can't be read
 */
record Line(String text, List<String> fields) {
  private static final String NUMBER = "[0-9]{1,10}";
  private static final long LARGEST_NUMBER = 0xfffffffeL;

  Line {
    fields = List.copyOf(fields);
  }

  static Line parse(AccountFile file, String text) {
    List<String> fields = List.of(text.split(":", -1));
    return isRecord(file, fields) ? new Line(text, fields) : new Line(text, List.of());
  }

  private static boolean isRecord(AccountFile file, List<String> fields) {
    String name = fields.get(0);
    if (!file.hasFields(fields.size()) || name.isBlank() || "+-# \t".indexOf(name.charAt(0)) >= 0) {
      return false;
    }
    return fields.subList(file.firstNumber(), file.endOfNumbers()).stream()
        .allMatch(Line::isNumber);
  }

  /** Whether it is a number of up to 32 bits. */
  static boolean isNumber(String text) {
    return text.matches(NUMBER) && Long.parseLong(text) <= LARGEST_NUMBER;
  }

  boolean isRecord() {
    return !fields.isEmpty();
  }

  /** Whether it says where to look further, and so ends what is looked up in the file first. */
  boolean isNis() {
    return text.startsWith("+") || text.startsWith("-");
  }

  String name() {
    return fields.get(0);
  }

  String field(int index) {
    return fields.get(index);
  }

  /** A number of up to 32 bits. */
  int number(int index) {
    return Integer.parseUnsignedInt(fields.get(index));
  }

  /** The same line if the field is that already. */
  Line with(int index, String value) {
    if (fields.get(index).equals(value)) {
      return this;
    }
    List<String> changed = new ArrayList<>(fields);
    changed.set(index, value);
    return new Line(String.join(":", changed), changed);
  }

  /** The same line if the field is that number already, however it is written. */
  Line withNumber(int index, int value) {
    return number(index) == value ? this : with(index, Integer.toUnsignedString(value));
  }
}

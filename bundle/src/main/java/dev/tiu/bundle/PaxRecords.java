package dev.tiu.bundle;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The records of a pax extended header: {@code LENGTH KEY=VALUE\n}, where the length counts the
 * whole record and the value is any bytes.
 *
 * <p>Source: POSIX pax "pax Extended Header". An empty value takes an earlier record back. GNU
 * tar's oldest sparse format repeats two keys, whose order is kept in {@link #sparseNumbers()}.
 */
final class PaxRecords {
  private final Map<String, Bytes> records = new LinkedHashMap<>();
  private final List<String> sparseNumbers = new ArrayList<>();

  /** These records, where {@code over} has none of the same key. */
  PaxRecords overriddenBy(PaxRecords over) {
    PaxRecords merged = new PaxRecords();
    merged.records.putAll(records);
    merged.records.putAll(over.records);
    merged.sparseNumbers.addAll(over.sparseNumbers);
    return merged;
  }

  /**
   * Adds the records in {@code data}.
   *
   * @throws IllegalArgumentException if they aren't well formed
   */
  void parse(byte[] data) {
    int start = 0;
    while (start < data.length) {
      int space = indexOf(data, ' ', start, data.length);
      int end = start + length(data, start, space);
      int equals = indexOf(data, '=', space + 1, end);
      if (end > data.length || end <= equals || data[end - 1] != '\n') {
        throw new IllegalArgumentException("a record that doesn't end where it says");
      }
      String key = new String(data, space + 1, equals - space - 1, StandardCharsets.UTF_8);
      put(key, Bytes.of(Arrays.copyOfRange(data, equals + 1, end - 1)));
      start = end;
    }
  }

  private void put(String key, Bytes value) {
    if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
      sparseNumbers.add(value.latin1());
    }
    records.put(key, value);
  }

  private static int length(byte[] data, int start, int space) {
    if (space - start > 9) {
      throw new IllegalArgumentException("a record longer than the header");
    }
    String digits = new String(data, start, space - start, StandardCharsets.ISO_8859_1);
    try {
      int length = Integer.parseInt(digits);
      if (length <= space - start || length > data.length - start) {
        throw new IllegalArgumentException("a record of " + length + " bytes");
      }
      return length;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a record without a length", e);
    }
  }

  private static int indexOf(byte[] data, char c, int start, int end) {
    for (int i = start; i < Math.min(end, data.length); i++) {
      if (data[i] == c) {
        return i;
      }
    }
    throw new IllegalArgumentException("a record without '" + c + "'");
  }

  Map<String, Bytes> all() {
    return records;
  }

  List<String> sparseNumbers() {
    return sparseNumbers;
  }

  /** A value that isn't empty. */
  Optional<Bytes> find(String key) {
    return Optional.ofNullable(records.get(key)).filter(value -> value.length() > 0);
  }

  /** A decimal number, rounded down to a whole one; {@code otherwise} if there is none. */
  long number(String key, long otherwise) {
    Optional<Bytes> value = find(key);
    if (value.isEmpty()) {
      return otherwise;
    }
    String text = value.get().latin1().strip();
    try {
      if (text.length() > 64) {
        throw new NumberFormatException(text.length() + " digits");
      }
      return new BigDecimal(text).setScale(0, RoundingMode.FLOOR).longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(key + " isn't a number: " + value.get(), e);
    }
  }
}

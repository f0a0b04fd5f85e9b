package dev.tiu.etcmerge.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineMergeTest {
  private static Optional<String> merge(String base, String local, String image) {
    return LineMerge.merge(
            base.getBytes(ISO_8859_1), local.getBytes(ISO_8859_1), image.getBytes(ISO_8859_1))
        .map(bytes -> new String(bytes, ISO_8859_1));
  }

  /** Lines of one character each. */
  private static Optional<String> mergeLines(String base, String local, String image) {
    return merge(lines(base), lines(local), lines(image)).map(text -> text.replace("\n", ""));
  }

  private static String lines(String characters) {
    return characters.replaceAll("(?s).", "$0\n");
  }

  @Test
  void merge_takesWhatEitherSideChanged() {
    assertThat(mergeLines("abcde", "aBcde", "abcdE")).contains("aBcdE");
    assertThat(mergeLines("abcde", "acde", "abcdxe")).contains("acdxe");
    assertThat(mergeLines("abc", "xabc", "abcy")).contains("xabcy");
    assertThat(mergeLines("abcdef", "aef", "abcdef")).contains("aef");
  }

  @Test
  void merge_ofEditsThatTouch_isAConflict() {
    assertThat(mergeLines("abcd", "aBcd", "abCd")).isEmpty();
    assertThat(mergeLines("abcd", "aBcd", "aXcd")).isEmpty();
    assertThat(mergeLines("ab", "axb", "ayb")).isEmpty();
    assertThat(mergeLines("abcd", "axbcd", "aBcd")).isEmpty();
    assertThat(mergeLines("abcd", "abxcd", "aBcd")).isEmpty();
    assertThat(mergeLines("abcd", "acd", "aBcd")).isEmpty();
  }

  @Test
  void merge_ofEditsWithOneLineBetween_takesBoth() {
    assertThat(mergeLines("abc", "Abc", "abC")).contains("AbC");
    assertThat(mergeLines("abc", "xabc", "aBc")).contains("xaBc");
  }

  @Test
  void merge_ofTheSameEdits_isNoConflict() {
    assertThat(mergeLines("abcd", "aBcd", "aBcd")).contains("aBcd");
    assertThat(mergeLines("abcde", "aBcdx", "aBcde")).contains("aBcdx");
    assertThat(mergeLines("", "x", "x")).contains("x");
  }

  @Test
  void merge_ofAnEditThatSpansSeveralOfTheOthers_isAConflict() {
    assertThat(mergeLines("abcdefg", "aBcdeFg", "aXg")).isEmpty();
  }

  @Test
  void merge_keepsTheLocalLineEnds() {
    assertThat(merge("a\nb\nc\n", "a\r\nB\r\nc\r\nd\r\n", "A2\nb\nc\n")).isEmpty();
    assertThat(merge("a\nb\nc\n", "a\r\nb\r\nC\r\n", "A\nb\nc\n")).contains("A\r\nb\r\nC\r\n");
    assertThat(merge("a\nb\nc\n", "a\nb\nC", "A\nb\nc\n")).contains("A\nb\nC");
    assertThat(merge("a\nb\nc", "a\nb\nC", "A\nb\nc\n")).contains("A\nb\nC\n");
    assertThat(merge("a\nb\nc", "A\nb\nc", "a\nb\nc\nd\n")).contains("A\nb\nc\nd\n");
  }

  @Test
  void merge_whereLineEndsAreMixed_changesNoneOfThem() {
    assertThat(merge("a\r\nb\nc\nd\n", "a\r\nb\nc\nD\n", "a\r\nB\nc\nd\n"))
        .contains("a\r\nB\nc\nD\n");
  }

  @Test
  void merge_keepsBytesThatAreNoUtf8() {
    assertThat(merge("a\n\377\376\nc\n", "A\n\377\376\nc\n", "a\n\377\376\nC\n"))
        .contains("A\n\377\376\nC\n");
  }

  @Test
  void merge_ofWhatIsNoText_isRefused() {
    assertThat(merge("a\0\nb\nc\n", "A\0\nb\nc\n", "a\0\nb\nC\n")).isEmpty();
    String large = "x".repeat(Text.MAX_BYTES) + "\n";
    assertThat(merge("a\n" + large, "b\n" + large, "a\n" + large + "c\n")).isEmpty();
    String many = "\n".repeat(Text.MAX_LINES + 1);
    assertThat(merge(many, "a\n" + many, many + "b\n")).isEmpty();
  }

  @Test
  void merge_ofRandomEdits_obeysTheLaws() {
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      String base = text(random, random.nextInt(12));
      String local = edited(base, random);
      String image = edited(base, random);
      Optional<String> merged = mergeLines(base, local, image);
      assertThat(mergeLines(base, local, base)).as("seed %d", seed).contains(local);
      assertThat(mergeLines(base, base, image)).as("seed %d", seed).contains(image);
      assertThat(mergeLines(base, local, local)).as("seed %d", seed).contains(local);
      assertThat(mergeLines(base, image, local)).as("seed %d", seed).isEqualTo(merged);
      merged.ifPresent(text -> assertThat(mergeLines(image, text, image)).contains(text));
    }
  }

  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + random.nextInt(5)));
    }
    return text.toString();
  }

  private static String edited(String text, Random random) {
    List<String> lines = new ArrayList<>(List.of(text.split("(?<=.)", -1)));
    for (int edits = random.nextInt(3); edits > 0; edits--) {
      int at = random.nextInt(lines.size());
      switch (random.nextInt(3)) {
        case 0 -> lines.set(at, text(random, 1));
        case 1 -> lines.add(at, text(random, 1));
        default -> {
          if (lines.size() > 1) {
            lines.remove(at);
          }
        }
      }
    }
    return String.join("", lines);
  }
}

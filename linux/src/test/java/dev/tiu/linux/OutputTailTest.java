package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class OutputTailTest {
  @Test
  void short_text_is_kept_whole() {
    OutputTail tail = new OutputTail(10);
    assertThat(tail.text()).isEmpty();
    add(tail, "abc\n");
    add(tail, "defghi");
    assertThat(tail.text()).isEqualTo("abc\ndefghi");
  }

  @Test
  void long_text_begins_with_a_whole_line() {
    OutputTail tail = new OutputTail(10);
    add(tail, "first\nsecond\nthird");
    assertThat(tail.text()).isEqualTo("third");
  }

  @Test
  void any_pieces_give_the_same_tail() {
    String text = "0123456789".repeat(30) + "\n" + "abcdefg".repeat(3);
    Random random = new Random(5);
    for (int round = 0; round < 100; round++) {
      OutputTail tail = new OutputTail(64);
      for (int from = 0; from < text.length(); ) {
        int to = Math.min(text.length(), from + 1 + random.nextInt(100));
        add(tail, text.substring(from, to));
        from = to;
      }
      assertThat(tail.text()).as("round %d", round).isEqualTo("abcdefg".repeat(3));
    }
  }

  private static void add(OutputTail tail, String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    tail.add(bytes, bytes.length);
  }
}

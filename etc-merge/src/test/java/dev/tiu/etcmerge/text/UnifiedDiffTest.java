package dev.tiu.etcmerge.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class UnifiedDiffTest {
  private static List<String> diff(byte[] old, byte[] changed) {
    return UnifiedDiff.of("a", old, "b", changed).orElseThrow();
  }

  @Test
  void of_namesBothAndShowsLines() {
    assertThat(diff("one\n".getBytes(UTF_8), "é\t\n".getBytes(UTF_8)))
        .containsExactly("--- a", "+++ b", "@@ -1,1 +1,1 @@", "-one", "+é\t");
    assertThat(diff("one\n".getBytes(UTF_8), "one\n".getBytes(UTF_8))).isEmpty();
  }

  @Test
  void of_writesWhatATerminalWouldObeyAsItsBytes() {
    assertThat(diff(new byte[0], "\u001b[2J\u009b\n".getBytes(UTF_8)))
        .contains("+\\x1b[2J\\xc2\\x9b");
    assertThat(diff(new byte[0], "a\377\n".getBytes(ISO_8859_1))).contains("+a\\xff");
  }

  @Test
  void of_comparesBytesAndNotWhatIsShown() {
    assertThat(diff("\376\n".getBytes(ISO_8859_1), "\\xfe\n".getBytes(UTF_8)))
        .contains("-\\xfe", "+\\xfe");
  }

  @Test
  void escapes_tellsWhetherAnythingIsShownOtherwise() {
    assertThat(UnifiedDiff.escapes("\u001b\n".getBytes(UTF_8))).isTrue();
    assertThat(UnifiedDiff.escapes("\\x1b é\n".getBytes(UTF_8))).isFalse();
  }
}

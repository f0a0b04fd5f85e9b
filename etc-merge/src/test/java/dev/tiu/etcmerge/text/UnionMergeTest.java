package dev.tiu.etcmerge.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class UnionMergeTest {
  private static Optional<String> merge(String base, String local, String image) {
    return UnionMerge.merge(
            base.getBytes(ISO_8859_1), local.getBytes(ISO_8859_1), image.getBytes(ISO_8859_1))
        .map(bytes -> new String(bytes, ISO_8859_1));
  }

  @Test
  void merge_hasWhatEitherSideAdded() {
    assertThat(merge("a\n", "a\nmine\n", "a\ntheirs\n")).contains("a\ntheirs\nmine\n");
    assertThat(merge("", "mine\n", "theirs\n")).contains("mine\ntheirs\n");
  }

  @Test
  void merge_hasNotWhatEitherSideTookOut() {
    assertThat(merge("a\nb\nc\nd\n", "a\nc\nd\n", "a\nb\nd\n")).contains("a\nd\n");
  }

  @Test
  void merge_keepsLocalOrderCommentsAndEmptyLines() {
    assertThat(merge("a\nb\n", "# mine\n\nb\n\na\nx\n", "a\nb\nc\n"))
        .contains("# mine\n\nb\nc\n\na\nx\n");
  }

  @Test
  void merge_putsWhatTheImageHasAtTheTopBeforeWhatFollows() {
    assertThat(merge("# old\n#\nx\n", "# old\n#\nx\nmine\n", "# new\n# newer\n#\n"))
        .contains("# new\n# newer\n#\nmine\n");
  }

  @Test
  void merge_ofChosenCertificates_keepsWhatWasDeselectedHere() {
    assertThat(merge("a.crt\nb.crt\nc.crt\n", "a.crt\n!b.crt\nc.crt\n", "a.crt\nb.crt\nd.crt\n"))
        .contains("a.crt\nd.crt\n!b.crt\n");
  }

  @Test
  void merge_takesLinesForTheSameThatDifferInBlanksOnly() {
    assertThat(merge("", "127.0.0.1\tlocalhost\n", "127.0.0.1   localhost\n::1 localhost\n"))
        .contains("127.0.0.1\tlocalhost\n::1 localhost\n");
  }

  @Test
  void merge_endsALastLineThatSomethingFollows() {
    assertThat(merge("a", "a\nmine", "a\ntheirs")).contains("a\ntheirs\nmine\n");
  }

  @Test
  void merge_ofTheResultAgain_changesNothing() {
    String merged = merge("a\nb\n", "x\na\nb\ny\n", "a\nB\nz\n").orElseThrow();
    assertThat(merge("a\nb\n", merged, "a\nB\nz\n")).contains(merged);
    assertThat(merge("a\nB\nz\n", merged, "a\nB\nz\n")).contains(merged);
  }
}

package dev.tiu.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RejectionsTest {
  @TempDir Path directory;
  private Dir dir;
  private Rejections rejections;

  @BeforeEach
  void open() throws IOException {
    dir = Dir.open(directory);
    rejections = new Rejections(dir);
  }

  @AfterEach
  void close() {
    dir.close();
  }

  private static String id(int n) {
    return "%064x".formatted(n);
  }

  private static Rejection rejection(int n, String reason) {
    return new Rejection(new ImageReference(id(n), "1." + n), n, reason);
  }

  @Test
  void nothing_is_rejected_at_first() throws Exception {
    assertThat(rejections.find(id(1))).isEmpty();
    rejections.remove(id(1));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void image_is_remembered_with_its_reason() throws Exception {
    rejections.add(rejection(1, "app.service is failed"));
    rejections.add(rejection(2, "none of its boots came up"));
    assertThat(new Rejections(dir).find(id(1))).contains(rejection(1, "app.service is failed"));
    assertThat(new Rejections(dir).find(id(3))).isEmpty();
  }

  @Test
  void latest_reason_counts_and_fit_images_are_forgotten() throws Exception {
    rejections.add(rejection(1, "first"));
    rejections.add(rejection(1, "second"));
    assertThat(rejections.find(id(1)).orElseThrow().reason()).isEqualTo("second");
    rejections.remove(id(1));
    assertThat(rejections.find(id(1))).isEmpty();
  }

  @Test
  void reason_of_many_lines_is_one_line() throws Exception {
    rejections.add(rejection(1, "a\tb\nc\u0000"));
    assertThat(rejections.find(id(1)).orElseThrow().reason()).isEqualTo("a b c");
  }

  @Test
  void lines_that_make_no_sense_are_left_out() throws Exception {
    Files.writeString(
        directory.resolve(".tiu-rejected"),
        "rubbish\n" + id(1) + "\t99999999999\t1\tx\n" + id(2) + "\t2\t1.2\tright\n\u0000\n");
    assertThat(rejections.find(id(1))).isEmpty();
    assertThat(rejections.find(id(2)).orElseThrow().reason()).isEqualTo("right");
  }

  @Test
  void number_of_them_is_bounded() throws Exception {
    for (int n = 1; n <= 210; n++) {
      rejections.add(rejection(n, "bad"));
    }
    assertThat(rejections.find(id(10))).isEmpty();
    assertThat(rejections.find(id(11))).isPresent();
    assertThat(rejections.find(id(210))).isPresent();
  }
}

package dev.tiu.etcmerge.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PasswordsTest {
  private static Optional<String> carried(String from, String to) {
    return carried(from, to, "", "");
  }

  private static Optional<String> carried(
      String from, String to, String fromImage, String toImage) {
    return Passwords.carried(
            from.getBytes(ISO_8859_1),
            to.getBytes(ISO_8859_1),
            fromImage.getBytes(ISO_8859_1),
            toImage.getBytes(ISO_8859_1))
        .map(bytes -> new String(bytes, ISO_8859_1));
  }

  @Test
  void carried_takesANewerPasswordAndItsDay() {
    assertThat(carried("root:new:200:0:9:7:::\nalice:a:200:::::: \n", "root:old:100:1:99:7:::\n"))
        .contains("root:new:200:1:99:7:::\n");
  }

  @Test
  void carried_keepsANewerOneThatIsThere() {
    assertThat(carried("root:old:100:0:9:7:::\n", "root:new:200:0:9:7:::\n")).isEmpty();
  }

  @Test
  void carried_keepsAllElseByteForByte() {
    assertThat(carried("a:2:2\nb:2:2\n", "# note\nb:1:1\nodd\n+::\n\na:1:1"))
        .contains("# note\nb:2:2\nodd\n+::\n\na:2:2");
  }

  @Test
  void carried_leavesTheImagesOwnPasswordToItsImage() {
    assertThat(carried("root:two:200:\n", "root:one:100:\n", "root:two:200:\n", "root:one:100:\n"))
        .isEmpty();
    assertThat(carried("root:mine:200:\n", "root:one:100:\n", "root:two:200:\n", "root:one:100:\n"))
        .contains("root:mine:200:\n");
  }

  @Test
  void carried_leavesTheLockOfAnAccountThatOneImageDroppedToItsSnapshot() {
    String has = "app:*:100:\n";
    assertThat(carried("app:!hash:100:\n", "app:hash:100:\n", "", has)).isEmpty();
    assertThat(carried("app:hash:100:\n", "app:!hash:100:\n", has, "")).isEmpty();
    assertThat(carried("app:new:100:\n", "app:hash:100:\n", "", has)).contains("app:new:100:\n");
  }

  @Test
  void carried_takesALockThatSomebodyPutThere() {
    assertThat(carried("alice:!hash:100:\n", "alice:hash:100:\n")).contains("alice:!hash:100:\n");
    String shipped = "app:*:100:\n";
    assertThat(carried("app:!hash:100:\n", "app:hash:100:\n", shipped, shipped))
        .contains("app:!hash:100:\n");
  }

  @Test
  void carried_whereNothingDiffers_isEmpty() {
    assertThat(carried("a:1:1\n", "a:1:1\nb:1:1\n")).isEmpty();
    assertThat(carried("", "a:1:1\n")).isEmpty();
  }
}

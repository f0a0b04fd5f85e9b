package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Glob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ImageFilterTest {
  @Test
  void documentation_has_the_same_table() throws Exception {
    String document = Files.readString(Path.of("..", "docs", "format.md"));
    String section = document.substring(document.indexOf("## What is never in an image"));
    List<String> documented = section.lines().filter(line -> line.startsWith("| `")).toList();
    List<String> rules =
        ImageFilter.RULES.stream()
            .map(
                rule ->
                    "| `%s` | %s | %s |"
                        .formatted(rule.pattern(), what(rule.action()), rule.reason()))
            .toList();
    assertThat(documented).isEqualTo(rules);
  }

  private static String what(ImageFilter.Action action) {
    return switch (action) {
      case EMPTY_DIRECTORY -> "its contents are left out";
      case EMPTY_FILE -> "kept, but emptied";
      case LEAVE_OUT -> "left out";
    };
  }

  @Test
  void only_kept_patterns_lead_into_emptied_directories() {
    assertThat(new ImageFilter(List.of()).wantsBelow(BytePath.of("proc"))).isFalse();
    assertThat(new ImageFilter(List.of("etc/*")).wantsBelow(BytePath.of("proc"))).isFalse();
    assertThat(new ImageFilter(List.of()).wantsBelow(BytePath.of("process"))).isTrue();
    ImageFilter kept = new ImageFilter(List.of("dev/pts/*", "run"));
    assertThat(kept.wantsBelow(BytePath.of("dev"))).isTrue();
    assertThat(kept.wantsBelow(BytePath.of("dev/pts"))).isTrue();
    assertThat(kept.wantsBelow(BytePath.of("dev/shm"))).isFalse();
    assertThat(kept.wantsBelow(BytePath.of("run"))).isTrue();
    assertThat(kept.wantsBelow(BytePath.of("run/a/b"))).isTrue();
    assertThat(kept.wantsBelow(BytePath.of("tmp"))).isFalse();
    assertThat(new ImageFilter(List.of("**/x")).wantsBelow(BytePath.of("sys"))).isTrue();
  }

  @Test
  void patterns_match_by_bytes() {
    BytePath odd = BytePath.ofBytes(new byte[] {'a', '/', (byte) 0xff, '\n'});
    assertThat(Glob.ofPath("a/*").matches(odd)).isTrue();
    assertThat(Glob.ofPath("a/??").matches(odd)).isTrue();
    assertThat(Glob.ofPath("*").matches(odd)).isFalse();
    assertThat(Glob.ofPath("**").matches(odd)).isTrue();
    assertThat(Glob.ofPath("/ä.[b]*").matches(BytePath.of("ä.[b]c"))).isTrue();
    assertThat(Glob.ofPath("ä.[b]*").matches(BytePath.of("ä.b"))).isFalse();
  }

  @Test
  void initrds_stay_in_an_image_that_brings_its_own() {
    BundleSpec usual = BundleKit.spec("zstd:1", "run/x");
    assertThat(usual.kept()).containsExactly("run/x");
    BundleSpec spec =
        new BundleSpec(
            usual.compatible(),
            usual.version(),
            usual.minVersion(),
            usual.expires(),
            usual.architecture(),
            usual.created(),
            usual.compression(),
            usual.blockSize(),
            usual.kept(),
            usual.imageOwned(),
            usual.etcPolicies(),
            new Manifest.Boot(Optional.of("image"), Optional.empty()));
    assertThat(spec.kept())
        .containsExactly(
            "run/x",
            "boot/initrd.img*",
            "boot/initrd-*",
            "boot/initramfs-*",
            "boot/firmware/initramfs*");
  }
}

package dev.tiu.boot.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PiFirmwareTest extends BootLoaderContract {
  /** Whether each of the requests for the next reboot was one for tryboot.txt. */
  private final List<Boolean> asked = new ArrayList<>();

  @Override
  BootLoader open(Dir partition) {
    return new PiFirmware(
        partition, Counting.ONCE, asked::add, () -> "0123-ABCD", Path.of("nowhere"));
  }

  private Path file(String name) {
    return fixture.boot.resolve(name);
  }

  private String value(String file, String key) throws IOException {
    return Files.readAllLines(file(file)).stream()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void config_names_what_lies_there() throws IOException {
    publishTwo();
    String prefix = value("config.txt", "os_prefix");
    assertThat(prefix).matches("tiu/[0-9a-f]{16}/");
    assertThat(file(prefix + value("config.txt", "kernel"))).hasContent("kernel one");
    assertThat(Files.readString(file("config.txt")))
        .contains("initramfs initramfs8 followkernel\n");
    assertThat(file(prefix + "initramfs8")).hasContent("initrd one");
    assertThat(file(value("config.txt", "cmdline").substring(1)))
        .hasContent(BootFixture.ARGUMENTS.formatted(1));
  }

  @Test
  void trial_is_in_tryboot_txt_alone() throws IOException {
    publishTwo();
    byte[] before = Files.readAllBytes(file("config.txt"));
    loader.arm(2, 3);
    assertThat(file("config.txt")).hasBinaryContent(before);
    assertThat(file(value("tryboot.txt", "os_prefix") + "kernel8.img")).hasContent("kernel two");
    assertThat(asked).last().isEqualTo(true);
    loader.disarm();
    assertThat(asked).last().isEqualTo(false);
    assertThat(file("tryboot.txt")).hasBinaryContent(before);
  }

  @Test
  void first_change_of_an_admin_s_config_is_shown_as_a_diff_and_only_once() throws IOException {
    Files.writeString(file("config.txt"), "dtparam=audio=on\n[pi4]\narm_boost=1\nlast=1\n");
    loader.publish(fixture.entry(1, "one"));
    List<String> diff = loader.firstChange(1);
    assertThat(diff)
        .startsWith("--- config.txt", "+++ config.txt", "+[all]")
        .contains("+kernel=kernel8.img")
        .endsWith(" dtparam=audio=on", " [pi4]", " arm_boost=1");
    loader.makeDefault(1);
    assertThat(Files.readString(file("config.txt")))
        .contains(diff.stream().filter(l -> l.startsWith("+os_")).findFirst().get().substring(1));
    assertThat(loader.firstChange(1)).isEmpty();
  }

  @Test
  void new_config_has_nothing_to_show() throws IOException {
    loader.publish(fixture.entry(1, "one"));
    assertThat(loader.firstChange(1)).isEmpty();
  }

  @Test
  void lines_of_the_admins_are_kept_in_both() throws IOException {
    Files.writeString(file("config.txt"), "dtparam=audio=on\n[pi4]\narm_boost=1\n");
    publishTwo();
    loader.arm(2, 3);
    for (String name : List.of("config.txt", "tryboot.txt")) {
      assertThat(Files.readString(file(name))).endsWith("dtparam=audio=on\n[pi4]\narm_boost=1\n");
    }
  }

  private static final List<String> OVERRIDES =
      List.of("kernel=mine.img", "os_prefix=x/", "initramfs x followkernel");

  @Test
  void line_that_would_count_more_becomes_a_comment_at_first() throws IOException {
    for (String line : OVERRIDES) {
      Files.writeString(file("config.txt"), "dtparam=audio=on\n" + line + "\n");
      loader.publish(fixture.entry(1, "one"));
      assertThat(loader.firstChange(1)).contains("-" + line, "+#" + line, " dtparam=audio=on");
      loader.makeDefault(1);
      assertThat(Files.readString(file("config.txt")))
          .endsWith("dtparam=audio=on\n#" + line + "\n");
    }
  }

  @Test
  void line_that_would_count_more_is_refused_later() throws IOException {
    publishTwo();
    String before = Files.readString(file("config.txt"));
    for (String line : OVERRIDES) {
      Files.writeString(file("config.txt"), before + line + "\n");
      assertThatThrownBy(loader::requireReady).hasMessageContaining(line);
      assertThatThrownBy(() -> loader.makeDefault(2)).hasMessageContaining(line);
      assertThat(Files.readString(file("config.txt"))).isEqualTo(before + line + "\n");
    }
  }

  @Test
  void no_line_is_longer_than_the_firmware_reads() throws IOException {
    publishTwo();
    loader.publish(fixture.entry(999_999_999, "last"));
    loader.makeDefault(999_999_999);
    assertThat(Files.readAllLines(file("config.txt"))).allMatch(line -> line.length() < 98);
  }

  @Test
  void pi_5_has_its_own_kernel_with_its_own_initrd() throws IOException {
    List<BootFile> files =
        List.of(
            fixture.file("kernel8.img", "k8"),
            fixture.file("initramfs8", "i8"),
            fixture.file("kernel_2712.img", "k5"),
            fixture.file("initramfs_2712", "i5"),
            fixture.file("bcm2712-rpi-5-b.dtb", "tree"));
    loader.publish(new BootEntry(1, "Both", files, "quiet"));
    loader.makeDefault(1);
    assertThat(Files.readString(file("config.txt")))
        .containsSubsequence(
            "kernel=kernel8.img\ninitramfs initramfs8 followkernel\n",
            "[pi5]\nkernel=kernel_2712.img\ninitramfs initramfs_2712 followkernel\n[all]\n");
  }

  @Test
  void snapshot_that_the_firmware_would_pass_over_is_refused() {
    List<BootFile> noTree = List.of(fixture.file("kernel8.img", "k8"));
    assertThatThrownBy(() -> loader.publish(new BootEntry(1, "x", noTree, "")))
        .hasMessageContaining("no device tree");
    List<BootFile> noKernel = List.of(fixture.file("bcm2711-rpi-4-b.dtb", "tree"));
    assertThatThrownBy(() -> loader.publish(new BootEntry(1, "x", noKernel, "")))
        .hasMessageContaining("no kernel8.img");
  }

  @Test
  void other_way_of_tryboot_is_refused() throws IOException {
    publishTwo();
    Files.writeString(file("autoboot.txt"), "[all]\ntryboot_a_b=1\nboot_partition=2\n");
    assertThatThrownBy(loader::requireReady).hasMessageContaining("tryboot_a_b=1");
    assertThatThrownBy(() -> loader.arm(2, 3)).hasMessageContaining("tryboot_a_b=1");
    Files.writeString(file("autoboot.txt"), "#".repeat(600) + "\ntryboot_a_b=1\n");
    loader.arm(2, 3);
  }

  @Test
  void kernels_with_tryboot_are_known_by_their_names() {
    assertThat(List.of("6.6.31+rpt-rpi-v8", "6.12.25+rpt-rpi-2712", "6.1.21-v8+", "5.15.84-v7l+"))
        .allMatch(Tryboot::isSupported);
    assertThat(List.of("6.1.0-40-arm64", "6.12.43+deb13-arm64", "5.14.21-150400-default"))
        .noneMatch(Tryboot::isSupported);
  }
}

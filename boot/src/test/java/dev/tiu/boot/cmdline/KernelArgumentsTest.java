package dev.tiu.boot.cmdline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code next_arg} of the kernel's {@code lib/cmdline.c} makes of it. */
final class KernelArgumentsTest {
  private static KernelArgument argument(String name, String value) {
    return new KernelArgument(name, Optional.of(value));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "a=b|a|b",
        "a=\"b c\"|a|b c",
        "\"a=b c\"|a|b c",
        "a=b=c|a|b=c",
        "a=|a|''",
        "a=\"\"|a|''",
        "a=b\" \"c|a|b\" \"c",
        "console=ttyS0,115200n8|console|ttyS0,115200n8",
        "dyndbg=\"file drivers/usb/* +p\"|dyndbg|file drivers/usb/* +p",
      })
  void argument_is_read_as_the_kernel_does(String line, String name, String value) {
    assertThat(KernelArguments.parse("  " + line + "\t").list())
        .containsExactly(argument(name, value));
    KernelArgument read = KernelArgument.parse(line);
    assertThat(KernelArgument.parse(read.toString())).isEqualTo(read);
  }

  @Test
  void arguments_keep_their_order_and_get_quotes_where_they_need_them() {
    KernelArguments read =
        KernelArguments.parse("quiet \"foo=a b\"\n console=tty0   console=ttyS0");
    assertThat(read).hasToString("quiet foo=\"a b\" console=tty0 console=ttyS0");
    assertThat(KernelArguments.parse("  ")).isEqualTo(KernelArguments.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=\"b", "\"", "--", "a -- b", "a=\"b\nc\"", "ä=1", "a=ü", "a\"b=c\"d"})
  void line_that_can_not_be_written_again_is_refused(String line) {
    assertThatThrownBy(() -> KernelArguments.parse(line))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"say \"hi\"", "\"", "\"whole\"", "a\" b"})
  void value_with_quotes_that_the_kernel_has_no_way_to_say_is_refused(String value) {
    assertThatThrownBy(() -> argument("a", value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("it has no way to say quotes in a value");
  }

  @Test
  void whatever_is_accepted_is_read_back_as_it_was() {
    Random random = new Random(20261126);
    String letters = "ab=\" -.,";
    int accepted = 0;
    for (int i = 0; i < 20_000; i++) {
      String text =
          IntStream.range(0, random.nextInt(9))
              .mapToObj(n -> letters.substring(random.nextInt(letters.length())).substring(0, 1))
              .collect(Collectors.joining());
      KernelArgument made;
      try {
        made = argument("n", text);
      } catch (IllegalArgumentException e) {
        continue;
      }
      accepted++;
      assertThat(KernelArguments.parse("x " + made + " y").list().get(1)).isEqualTo(made);
    }
    assertThat(accepted).isGreaterThan(5_000);
  }

  @Test
  void one_argument_is_not_two() {
    assertThatThrownBy(() -> KernelArgument.parse("a b"))
        .hasMessage(
            "\"a b\" is 2 kernel arguments, not one; a value with spaces needs double quotes around"
                + " it");
  }

  @Test
  void line_that_the_kernel_would_cut_is_refused() {
    KernelArguments line = KernelArguments.of("a=" + "x".repeat(1100));
    assertThat(line.requireFits("x86_64")).isEqualTo(line);
    assertThatThrownBy(() -> line.requireFits("armv7l"))
        .hasMessageStartingWith(
            "The kernel's command line has 1102 bytes; a kernel for armv7l reads 1023 and drops");
    assertThat(KernelArguments.of("a=" + "x".repeat(2045)).requireFits("aarch64").list())
        .hasSize(1);
    assertThatThrownBy(() -> KernelArguments.of("a=" + "x".repeat(2046)).requireFits("aarch64"))
        .hasMessageContaining("reads 2047");
  }
}

package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StartArgumentsTest {
  private static String keep(String line) {
    return StartArguments.keep(line).toString();
  }

  @Test
  void what_finds_the_root_and_what_loaders_add_goes() {
    assertThat(
            keep(
                "BOOT_IMAGE=/@rootfs/boot/vmlinuz-6.1 root=UUID=1 ro rootflags=subvol=@rootfs"
                    + " rootfstype=btrfs quiet initrd=\\initrd.img console=ttyS0,115200 rw\n"))
        .isEqualTo("quiet console=ttyS0,115200");
  }

  @Test
  void quoted_values_stay_whole_and_what_is_for_init_goes() {
    assertThat(keep("dyndbg=\"file a.c +p\" quiet -- single"))
        .isEqualTo("dyndbg=\"file a.c +p\" quiet");
    assertThat(keep("")).isEmpty();
  }

  @Test
  void line_that_can_not_be_written_again_is_an_error() {
    assertThatThrownBy(() -> keep("a=\"open")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void file_has_an_argument_in_each_line() {
    assertThat(StartArguments.file(StartArguments.keep("quiet a=b")))
        .isEqualTo(
            """
            # What the kernel was started with when this system was adopted.
            quiet
            a=b
            """);
  }
}

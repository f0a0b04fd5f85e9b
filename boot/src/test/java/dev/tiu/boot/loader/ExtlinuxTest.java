package dev.tiu.boot.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.Dir;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ExtlinuxTest extends BootLoaderContract {
  @Override
  BootLoader open(Dir partition) {
    return new Extlinux(partition);
  }

  @Test
  void default_of_somebody_else_s_becomes_a_comment_as_the_last_one_counts() throws Exception {
    Path conf = Files.createDirectories(fixture.boot.resolve("extlinux")).resolve("extlinux.conf");
    Files.writeString(conf, "default l0\ntimeout 50\nlabel l0\n  menu default\n  linux /vmlinuz\n");
    loader.publish(fixture.entry(1, "one"));
    assertThat(loader.firstChange(1))
        .startsWith("--- extlinux/extlinux.conf", "+++ extlinux/extlinux.conf", "+default tiu-1")
        .contains("-default l0", "+#default l0", " timeout 50", "-  menu default");
    loader.makeDefault(1);
    assertThat(conf)
        .content()
        .contains("default tiu-1\n")
        .endsWith("#default l0\ntimeout 50\nlabel l0\n#  menu default\n  linux /vmlinuz\n");
    assertThat(loader.firstChange(1)).isEmpty();
  }

  @Test
  void default_that_somebody_adds_later_is_refused() throws Exception {
    loader.publish(fixture.entry(1, "one"));
    loader.makeDefault(1);
    loader.publish(fixture.entry(2, "two"));
    Path conf = fixture.boot.resolve("extlinux/extlinux.conf");
    Files.writeString(conf, "DEFAULT l0\n", StandardOpenOption.APPEND);
    assertThatThrownBy(() -> loader.makeDefault(2))
        .hasMessageContaining("says \"DEFAULT l0\" after tiu's own default")
        .hasMessageContaining("Remove that line");
    assertThatThrownBy(loader::requireReady).hasMessageContaining("Remove that line");
    assertThat(loader.state().isDefault()).hasValue(1);
  }

  @Test
  void kernel_that_only_efi_starts_is_refused() throws Exception {
    List<BootFile> files = List.of(fixture.file("linux", "MZ\0\0zimg and the rest"));
    assertThatThrownBy(() -> loader.publish(new BootEntry(1, "x", files, "")))
        .hasMessageContaining("unpacks itself by EFI")
        .hasMessageContaining("extlinux can't start it");
    assertThat(loader.state().published()).isEmpty();
  }
}

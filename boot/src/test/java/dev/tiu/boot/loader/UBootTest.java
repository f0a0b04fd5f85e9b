package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Dir;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class UBootTest extends BootLoaderContract {
  @Override
  BootLoader open(Dir partition) {
    return new UBoot(partition);
  }

  @Test
  void what_starts_the_machine_until_there_is_a_default_is_only_then_put_aside() throws Exception {
    Path script = Files.writeString(fixture.boot.resolve("boot.scr"), "of somebody else's");
    Path menu = Files.createDirectory(fixture.boot.resolve("extlinux")).resolve("extlinux.conf");
    Files.writeString(menu, "default theirs\n");
    loader.publish(fixture.entry(1, "one"));
    assertThat(script).hasContent("of somebody else's");
    assertThat(menu).hasContent("default theirs");
    assertThat(loader.firstChange(1))
        .containsExactly(
            "boot.scr is kept as boot.scr.before-tiu",
            "extlinux/extlinux.conf, which U-Boot reads first, becomes"
                + " extlinux/extlinux.conf.before-tiu");

    loader.makeDefault(1);
    assertThat(script).hasBinaryContent(UBootScript.COUNTS_IN_FILE.starter());
    assertThat(fixture.boot.resolve("boot.scr.before-tiu")).hasContent("of somebody else's");
    assertThat(menu).doesNotExist();
    assertThat(menu.resolveSibling("extlinux.conf.before-tiu")).hasContent("default theirs");
    assertThat(loader.firstChange(1)).isEmpty();
  }

  @Test
  void another_script_takes_its_place_by_one_sector() throws Exception {
    loader.publish(fixture.entry(1, "one"));
    loader.makeDefault(1);
    Path starter = fixture.boot.resolve("boot.scr");
    byte[] own = Files.readAllBytes(starter);
    Path script = fixture.boot.resolve(UBootScript.COUNTS_IN_FILE.onPartition().place().toString());
    Path earlier = script.resolveSibling("boot-0123456789abcdef.scr");
    Files.move(script, earlier);
    Files.write(
        starter,
        new String(own, ISO_8859_1)
            .replace(script.getFileName().toString(), earlier.getFileName().toString())
            .getBytes(ISO_8859_1));
    Object inode = Files.getAttribute(starter, "unix:ino");

    loader.publish(fixture.entry(2, "two"));
    assertThat(starter).hasBinaryContent(own);
    assertThat(Files.getAttribute(starter, "unix:ino")).as("in place").isEqualTo(inode);
    assertThat(script).hasBinaryContent(UBootScript.COUNTS_IN_FILE.image());
    assertThat(earlier).doesNotExist();
  }
}

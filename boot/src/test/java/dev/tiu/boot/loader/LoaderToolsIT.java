package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written for GRUB and U-Boot, as their own tools read and write it. */
final class LoaderToolsIT extends OnBootPartition {
  private static final String AWKWARD = "root=UUID=1-2 a=\"b c\" d='e $f' g=h\\i; j|k &l {m} *";

  private void publish(BootLoader loader, String arguments) throws IOException {
    loader.publish(fixture.entry(1, "it's one"));
    loader.makeDefault(1);
    loader.publish(fixture.entry(2, "two", arguments));
    loader.arm(2, 3);
  }

  private String tool(String... command) throws IOException {
    return Command.of(command).run().text();
  }

  private String path(String name) {
    return fixture.boot.resolve(name).toString();
  }

  @Test
  void grub_takes_every_script() throws IOException {
    publish(new Grub(fixture.partition), AWKWARD);
    for (String script :
        List.of(
            "tiu/grub.cfg", scriptOfGrub(), "tiu/menu.cfg", "tiu/grub/1.cfg", "tiu/grub/2.cfg")) {
      tool("grub-script-check", path(script));
    }
    assertThat(fixture.boot.resolve("tiu/menu.cfg")).content().contains("'System it'\\''s one'");
  }

  @Test
  void grub_takes_what_is_added_to_a_machines_own_scripts() throws IOException {
    Path stub = Files.createDirectories(fixture.boot.resolve("EFI/debian")).resolve("grub.cfg");
    Files.writeString(stub, "search.fs_uuid 1-2 root\nset prefix=($root)'/boot/grub'\n");
    publish(new Grub(fixture.partition), AWKWARD);
    assertThat(stub).content().contains("source /tiu/grub.cfg");
    tool("grub-script-check", stub.toString());

    Files.delete(stub);
    Path config = Files.createDirectories(fixture.boot.resolve("grub")).resolve("grub.cfg");
    Files.writeString(config, "source ${config_directory}/custom.cfg\n");
    new Grub(fixture.partition).makeDefault(1);
    tool("grub-script-check", path("grub/custom.cfg"));
  }

  @Test
  void grub_takes_a_kernel_on_the_btrfs() throws IOException {
    Grub loader = new Grub(fixture.partition);
    InPlace there =
        new InPlace(
            new UUID(1, 2),
            BytePath.of("@/.snapshots/1/snapshot/boot/vmlinuz-6.1 a'b"),
            Optional.of(BytePath.of("@/.snapshots/1/tiu/initrd-6.1")));
    loader.publish(new BootEntry(1, "one", there, "quiet"));
    loader.makeDefault(1);
    tool("grub-script-check", path("tiu/grub/1.cfg"));
  }

  @Test
  void grub_arguments_are_the_kernels_words() {
    assertThat(Grub.words(AWKWARD))
        .containsExactly(
            "root=UUID=1-2", "a=b c", "d='e", "$f'", "g=h\\i;", "j|k", "&l", "{m}", "*");
  }

  @Test
  void grub_editenv_reads_the_block_and_what_it_writes_is_read() throws IOException {
    Grub loader = new Grub(fixture.partition);
    publish(loader, "quiet");
    String block = path("tiu/grub.env");
    assertThat(tool("grub-editenv", block, "list").lines())
        .containsExactlyInAnyOrder("tiu_default=1", "tiu_left=3", "tiu_trial=2");
    tool("grub-editenv", block, "set", "tiu_left=1");
    assertThat(loader.state().trial()).hasValue(new LoaderState.Trial(2, 1));
    loader.makeDefault(2);
    assertThat(tool("grub-editenv", block, "list")).isEqualTo("tiu_default=2");
    assertThat(Files.size(fixture.boot.resolve("tiu/grub.env"))).isEqualTo(1024);
  }

  /** The one that grub.cfg runs. */
  private String scriptOfGrub() throws IOException {
    String starter = Files.readString(fixture.boot.resolve("tiu/grub.cfg"));
    Matcher matcher = Pattern.compile("source /(tiu/grub-[0-9a-f]{16}\\.cfg)\n").matcher(starter);
    assertThat(matcher.find()).as(starter).isTrue();
    return matcher.group(1);
  }

  @ParameterizedTest
  @EnumSource
  void u_boot_takes_the_script(UBootScript script) throws IOException {
    Files.write(fixture.boot.resolve("script"), script.image());
    assertThat(scriptIn("script")).endsWith(new String(script.text(), ISO_8859_1));
    Files.write(fixture.boot.resolve("boot.scr"), script.starter());
    assertThat(fixture.boot.resolve("boot.scr")).as("a sector").hasSize(512);
    assertThat(scriptIn("boot.scr"))
        .contains(
            "load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} "
                + script.onPartition().place())
        .endsWith("#");
    assertThat(UBootScript.find(fixture.partition)).hasValue(script);
  }

  private String scriptIn(String image) throws IOException {
    assertThat(tool("dumpimage", "-l", path(image))).contains("Linux Script (uncompressed)");
    tool("dumpimage", "-T", "script", "-p", "0", "-o", path("out"), path(image));
    return Files.readString(fixture.boot.resolve("out"), ISO_8859_1);
  }

  @Test
  void script_of_somebody_else_is_none_of_ours() throws IOException {
    Path text = Files.writeString(directory.resolve("text"), "echo hello\n");
    tool("mkimage", "-T", "script", "-n", "board", "-d", text.toString(), path("boot.scr"));
    assertThat(UBootScript.find(fixture.partition)).isEmpty();
    Files.writeString(fixture.boot.resolve("boot.scr"), "short");
    assertThat(UBootScript.find(fixture.partition)).isEmpty();
  }

  @Test
  void fw_printenv_reads_the_counter_and_what_fw_setenv_writes_is_read() throws IOException {
    UBoot loader = new UBoot(fixture.partition);
    publish(loader, "quiet");
    Path config = directory.resolve("fw_env.config");
    Files.writeString(config, path("tiu/uboot.env") + " 0x0 0x1000\n");
    assertThat(tool("fw_printenv", "-c", config.toString()).lines())
        .containsExactlyInAnyOrder("tiu_trial=2", "tiu_left=3");
    tool("fw_setenv", "-c", config.toString(), "tiu_left", "1");
    assertThat(loader.state().trial()).hasValue(new LoaderState.Trial(2, 1));
    loader.disarm();
    assertThat(loader.state().trial()).isEmpty();
  }

  @Test
  void counter_with_a_wrong_sum_is_no_trial() throws IOException {
    UBoot loader = new UBoot(fixture.partition);
    publish(loader, "quiet");
    Path counter = fixture.boot.resolve("tiu/uboot.env");
    byte[] torn = Files.readAllBytes(counter);
    torn[20] ^= 1;
    Files.write(counter, torn);
    assertThat(loader.state().trial()).isEqualTo(Optional.empty());
    assertThat(loader.state().isDefault()).hasValue(1);
    loader.arm(2, 2);
    assertThat(loader.state().trial()).hasValue(new LoaderState.Trial(2, 2));
  }
}

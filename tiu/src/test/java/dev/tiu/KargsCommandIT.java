package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The kernel's arguments on a device, over updates. */
final class KargsCommandIT extends OnInstalledDevice {
  private static final String DEFAULTS = "panic=5 rd.shell=0 rd.emergency=reboot";

  private String line() throws IOException {
    return run("kargs", "--json").orFail().json().path("commandLine").asText();
  }

  private String root(int number) throws IOException {
    String uuid =
        Command.of("findmnt", "--noheadings", "--output", "UUID", top().toString())
            .run()
            .text()
            .strip();
    return "root=UUID=%s rootflags=subvol=@/.snapshots/%d/snapshot rw ".formatted(uuid, number);
  }

  private void update(String version, String arguments) throws IOException {
    Path bundle = samples.pack("v2", version, "--kernel-arguments", arguments);
    run("update", bundle).orFail();
  }

  @Test
  void image_without_arguments_has_what_finds_the_root_and_the_defaults() throws IOException {
    assertThat(line()).isEqualTo(root(1) + DEFAULTS);
    assertThat(run("kargs").orFail().out()).contains("panic=5 ").contains("tiu, by default");
  }

  @Test
  void changes_are_kept_over_updates() throws IOException {
    update("3", "console=ttyS0 quiet splash");
    assertThat(line()).isEqualTo(root(2) + DEFAULTS + " console=ttyS0 quiet splash");
    run("kargs", "--delete", "splash", "--replace", "panic=60", "--append", "foo=\"a b\"").orFail();
    update("4", "splash console=ttyS1");
    String expected = "rd.shell=0 rd.emergency=reboot console=ttyS1 panic=60 foo=\"a b\"";
    assertThat(line()).isEqualTo(root(3) + expected);
    JsonNode last = run("kargs", "--json").orFail().json().path("arguments").get(7);
    assertThat(last.path("argument").asText()).isEqualTo("foo=\"a b\"");
    assertThat(last.path("origin").asText()).isEqualTo("device");
    assertThat(last.path("source").asText()).isEqualTo("/etc/tiu/cmdline.d/90-kargs.conf");
  }

  @Test
  void what_can_not_be_is_an_error_and_changes_nothing() throws IOException {
    Tiu.Outcome own = run("kargs", "--append", "quiet", "--delete", "root");
    assertThat(own.code()).isEqualTo(ExitCode.USAGE);
    assertThat(own.err()).contains("root is tiu's own");
    assertThat(run("kargs", "--delete", "splash").err()).contains("There is no kernel argument");
    assertThat(run("kargs", "--append", "a b").code()).isEqualTo(ExitCode.USAGE);
    assertThat(run("kargs", "--append", "a=" + "x".repeat(2048)).err())
        .contains("Take arguments away");
    assertThat(line()).isEqualTo(root(1) + DEFAULTS);
    assertThat(etc(1).resolve("tiu/cmdline.d")).doesNotExist();
  }

  @Test
  void image_may_not_say_what_finds_the_root() throws IOException {
    Tiu.Outcome refused =
        Tiu.now()
            .run(
                "create",
                "--rootfs",
                samples.tree("v1"),
                "--output",
                directory.resolve("x.tiu"),
                "--key",
                directory.resolve("keys/signer.key.pem"),
                "--cert",
                directory.resolve("keys/signer.crt.pem"),
                "--compatible",
                "sample",
                "--version",
                "9",
                "--kernel-arguments",
                "quiet root=/dev/sda1");
    assertThat(refused.code()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err()).contains("each device says root=/dev/sda1 itself");
  }

  @Test
  void image_says_how_it_is_booted() throws IOException {
    Path bundle = samples.pack("v2", "5", "--initrd", "none", "--kernel-arguments", "a=\"b c\"");
    assertThat(Tiu.now().run("info", "--keyring", samples.keyring(), bundle).orFail().out())
        .containsPattern("Initrd: +none")
        .containsPattern("Kernel arguments: +a=\"b c\"");
  }
}

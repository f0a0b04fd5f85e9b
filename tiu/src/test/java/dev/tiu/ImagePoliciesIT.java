package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the maker of an image says of paths of /etc, and what the device makes of it. */
final class ImagePoliciesIT extends OnInstalledDevice {
  private void updateTo(String version, String... policies) throws IOException {
    run("update", samples.pack("v2", version, policies)).orFail();
  }

  @Test
  void policy_of_the_image_decides_what_is_live() throws IOException {
    Files.writeString(etc(1).resolve("motd"), "mine\n");
    Files.writeString(etc(1).resolve("hosts"), "mine\n");
    updateTo("3", "--etc-policy", "**=local", "--etc-policy", "motd=image");
    assertThat(etc(2).resolve("motd")).hasContent("two");
    assertThat(etc(2).resolve("motd.tiu-orig")).hasContent("mine");
    assertThat(etc(2).resolve("hosts")).hasContent("mine");
    assertThat(etc(2).resolve("new.conf")).doesNotExist();
  }

  @Test
  void configuration_of_the_device_comes_before_the_images() throws IOException {
    Path toml = etc(1).resolve("tiu/tiu.toml");
    Files.writeString(toml, Files.readString(toml) + "[etc.policy]\n\"motd\" = \"pinned\"\n");
    updateTo("4", "--etc-policy", "motd=image", "--etc-policy", "hosts=local");
    assertThat(etc(2).resolve("motd")).hasContent("one");
    assertThat(etc(2).resolve("hosts")).hasContent("one");
  }

  @Test
  void policy_of_the_image_counts_until_the_reboot_and_on_the_way_back() throws IOException {
    Files.writeString(etc(1).resolve("secret"), "first\n");
    updateTo("5", "--etc-policy", "motd=image", "--etc-policy", "secret=carry");
    Files.writeString(etc(1).resolve("motd"), "late\n");
    run("etc", "finish").orFail();
    assertThat(etc(2).resolve("motd")).hasContent("two");
    assertThat(etc(2).resolve("motd.tiu-orig")).hasContent("late");
    assertThat(run("etc", "status").orFail().out()).contains("/etc/secret").contains("carry");

    Files.writeString(etc(2).resolve("secret"), "rotated\n");
    run("rollback", "1").orFail();
    assertThat(etc(1).resolve("secret")).hasContent("rotated");
    assertThat(etc(1).resolve("motd")).hasContent("late");
  }

  @Test
  void preview_goes_by_them_too() throws IOException {
    Files.writeString(etc(1).resolve("motd"), "mine\n");
    Path image = samples.pack("v2", "6", "--etc-policy", "motd=image");
    assertThat(run("etc", "preview", image).orFail().out()).contains("motd.tiu-orig");
    assertThat(Tiu.now().run("info", "--insecure-any-signer", image).orFail().out())
        .contains("/etc/motd: image");
  }

  @Test
  void what_is_no_policy_makes_no_image() throws IOException {
    for (String wrong : new String[] {"motd", "motd=theirs", "/etc/motd=image", "=image"}) {
      Tiu.Outcome outcome =
          Tiu.now()
              .run(
                  "create",
                  "--rootfs",
                  directory,
                  "--output",
                  directory.resolve("no.tiu"),
                  "--compatible",
                  "x",
                  "--version",
                  "1",
                  "--etc-policy",
                  wrong);
      assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
      assertThat(outcome.err()).contains("--etc-policy");
    }
  }
}

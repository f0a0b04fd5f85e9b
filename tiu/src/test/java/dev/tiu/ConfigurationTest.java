package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.LoaderSettings.KernelPlace;
import dev.tiu.boot.initrd.InitrdGenerator;
import dev.tiu.boot.initrd.InitrdGenerator.Coverage;
import dev.tiu.boot.initrd.InitrdPolicy;
import dev.tiu.boot.initrd.InitrdSettings;
import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.bundle.Manifest;
import dev.tiu.etcmerge.PathGlob;
import dev.tiu.etcmerge.Policy;
import dev.tiu.health.TrialPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
  @Test
  void an_empty_file_is_the_default() throws IOException {
    assertThat(Configuration.parse("")).isEqualTo(Configuration.DEFAULT);
    assertThat(Configuration.parse("# nothing\n")).isEqualTo(Configuration.DEFAULT);
  }

  @Test
  void names_are_one_text_or_a_list() throws IOException {
    assertThat(Configuration.parse("compatible = 'a'").compatible()).containsExactly("a");
    assertThat(Configuration.parse("compatible = ['a', 'b,c']\ntrial = 'always'"))
        .isEqualTo(
            new Configuration(
                List.of("a", "b,c"),
                TrialPolicy.ALWAYS,
                DownloadSettings.NONE,
                UpdateSettings.NONE,
                Map.of(),
                BootSettings.NONE,
                HealthSettings.NONE));
  }

  @Test
  void policies_of_etc_keep_the_order_of_the_file() throws IOException {
    String toml = "[etc.policy]\n'app/**' = 'image'\n'app/own.conf' = 'local'\n";
    assertThat(Configuration.parse(toml).etcPolicies().entrySet())
        .containsExactly(
            Map.entry(new PathGlob("app/**"), Policy.IMAGE),
            Map.entry(new PathGlob("app/own.conf"), Policy.LOCAL));
  }

  @Test
  void boot_says_how_snapshots_are_made_to_boot() throws IOException {
    BootSettings settings =
        Configuration.parse(
                """
                [boot]
                initrd = "image"
                kernel = "*-rt"
                initrd-generator = "dracut"
                initrd-time-limit = "5m"
                initrd-host-only = true
                """)
            .boot();
    assertThat(settings.initrd()).contains(InitrdPolicy.IMAGE);
    assertThat(settings.kernel().orElseThrow()).hasToString("*-rt");
    assertThat(settings.initrdSettings(Instant.EPOCH))
        .isEqualTo(
            new InitrdSettings(
                Optional.of(InitrdGenerator.DRACUT),
                Coverage.THIS_HOST,
                Duration.ofMinutes(5),
                Instant.EPOCH,
                InitrdSettings.Trials.COUNTED_ELSEWHERE,
                List.of()));
    assertThat(BootSettings.NONE.initrdSettings(Instant.EPOCH))
        .isEqualTo(InitrdSettings.of(Instant.EPOCH));
    assertThatThrownBy(() -> Configuration.parse("[boot]\ninitrd = 'maybe'"))
        .hasMessageContaining("initrd: 'maybe' is no policy; there are regenerate, image and none");
    assertThatThrownBy(() -> Configuration.parse("[boot]\nlader = 'x'"))
        .hasMessageContaining("[boot] has no meaning for lader");
  }

  @Test
  void boot_says_which_boot_loader_the_device_has() throws IOException {
    assertThat(Configuration.parse("[boot]\nloader = 'u-boot'\ndirectory = '/efi'\ntries = 5"))
        .extracting(configuration -> configuration.boot().loader())
        .isEqualTo(
            new LoaderSettings(
                false,
                Optional.of(Kind.U_BOOT),
                Optional.of(Path.of("/efi")),
                5,
                Optional.empty(),
                Optional.empty(),
                KernelPlace.BOOT_PARTITION));
    assertThat(Configuration.parse("[boot]\ntryboot = true").boot().loader().tryboot())
        .contains(true);
    assertThat(Configuration.parse("[boot]\nkernels = 'btrfs'").boot().loader().kernels())
        .isEqualTo(KernelPlace.BTRFS);
    assertThatThrownBy(() -> Configuration.parse("[boot]\nkernels = 'fat'"))
        .hasMessageContaining("'fat' is no place for kernels; there are boot-partition and btrfs");
    assertThat(Configuration.parse("[boot]\nloader = 'none'").boot().loader().unused()).isTrue();
    assertThat(Configuration.DEFAULT.boot().loader()).isEqualTo(LoaderSettings.NONE);
    assertThatThrownBy(() -> Configuration.parse("[boot]\nloader = 'lilo'"))
        .hasMessageContaining(
            "boot.loader: 'lilo' is no boot loader; there are pi, systemd-boot, grub, u-boot,"
                + " u-boot-bootcount, extlinux, and none");
    assertThatThrownBy(() -> Configuration.parse("[boot]\ntries = 0"))
        .hasMessageContaining("boot.tries: '0' is no number from 1 to 9");
    assertThatThrownBy(() -> Configuration.parse("[boot]\ndirectory = 'efi'"))
        .hasMessageContaining("boot.directory: 'efi' doesn't begin at the root");
  }

  @Test
  void device_overrides_the_image_s_policy() {
    Manifest.Boot image = new Manifest.Boot(Optional.of("none"), Optional.empty());
    assertThat(BootSettings.NONE.policy(image)).isEqualTo(InitrdPolicy.NONE);
    assertThat(BootSettings.NONE.policy(Manifest.Boot.UNSPECIFIED))
        .isEqualTo(InitrdPolicy.REGENERATE);
  }

  @Test
  void source_of_updates_is_a_text_in_its_table() throws IOException {
    assertThat(Configuration.parse("[update]\nsource = 'https://host/dir/'").update().source())
        .contains("https://host/dir/");
    assertThat(Configuration.parse("[update]").update().source()).isEmpty();
  }

  @Test
  void download_says_how_to_fetch() throws IOException {
    DownloadSettings settings =
        Configuration.parse("[download]\nlimit-rate = '500k'\ndeadline = 90\ncache-dir = '/c'")
            .download();
    assertThat(settings.limitRate()).contains(new Rate(500_000));
    assertThat(settings.deadline()).contains(TimeLimit.parse("90s"));
    assertThat(settings.cacheDirectory()).contains(Path.of("/c"));
    assertThat(settings.proxy()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "compatible = 5 | compatible must be",
        "compatible = ['a', 5] | compatible must be",
        "compatible = | line 1",
        "trial = 'sometimes' | 'sometimes', not never or always",
        "trial = true | 'true', not never or always",
        "compatable = 'a' | no meaning for compatable",
        "[compatible] | compatible must be",
        "update = 'https://host/' | update must be a table",
        "update.source = 5 | update.source must be a text",
        "update.source = '' | update.source must be a text",
        "update.from = 'x' | [update] has no meaning for from",
        "etc = 5 | etc must be a table",
        "etc.policy = 5 | etc.policy must be a table",
        "etc.policies = {} | no meaning for etc.policies",
        "etc.policy.'/etc/a' = 'local' | no pattern for a path below /etc",
        "etc.policy.a = 'mine' | no policy; there are local, image",
        "download = 5 | download must be a table",
        "download = {speed = '1M'} | no meaning for speed",
        "download = {limit-rate = 'fast'} | limit-rate: 'fast' is no rate",
        "download = {deadline = 'soon'} | deadline: 'soon' is no time",
        "download = {proxy = 'https://p'} | must be spoken to by http"
      })
  void what_it_cannot_mean_is_named(String toml, String message) {
    assertThatThrownBy(() -> Configuration.parse(toml))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("/etc/tiu/tiu.toml")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"raspberrypi,4", "a\"b\\c", "two\nlines\t\u007f\u0085", "\ud83d\ude00"})
  void the_file_that_is_written_says_the_name_again(String name) throws IOException {
    assertThat(Configuration.parse(Configuration.toml(name)).compatible()).containsExactly(name);
  }
}

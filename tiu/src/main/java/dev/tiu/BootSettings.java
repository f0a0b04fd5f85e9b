package dev.tiu;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.boot.initrd.InitrdGenerator;
import dev.tiu.boot.initrd.InitrdGenerator.Coverage;
import dev.tiu.boot.initrd.InitrdPolicy;
import dev.tiu.boot.initrd.InitrdSettings;
import dev.tiu.bundle.Manifest;
import dev.tiu.linux.Glob;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** What a device's {@code [boot]} says; what is empty is as the image or tiu has it. */
record BootSettings(
    Optional<InitrdPolicy> initrd,
    Optional<Glob> kernel,
    Optional<InitrdGenerator> generator,
    Optional<TimeLimit> timeLimit,
    Optional<Coverage> coverage,
    LoaderSettings loader) {
  private static final Set<String> KEYS =
      Set.of(
          "initrd",
          "kernel",
          "initrd-generator",
          "initrd-time-limit",
          "initrd-host-only",
          "loader",
          "directory",
          "tries",
          "tryboot",
          "recovery",
          "kernels");

  /** Nothing said. */
  static final BootSettings NONE =
      new BootSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          LoaderSettings.NONE);

  /**
   * Reads the table.
   *
   * @throws IllegalArgumentException if it says something without meaning
   */
  static BootSettings of(JsonNode table) {
    if (table.isMissingNode()) {
      return NONE;
    }
    SettingsTable settings = new SettingsTable("boot", table).requireKnown(KEYS);
    return new BootSettings(
        settings.value("initrd", BootSettings::policy),
        settings.value("kernel", Glob::ofName),
        settings.value("initrd-generator", BootSettings::generator),
        settings.value("initrd-time-limit", TimeLimit::parse),
        settings.value("initrd-host-only", BootSettings::coverage),
        LoaderSettings.of(settings));
  }

  static InitrdPolicy policy(String text) {
    return InitrdPolicy.ofSetting(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is no policy; there are regenerate, image and none".formatted(text)));
  }

  private static InitrdGenerator generator(String text) {
    return InitrdGenerator.ofLabel(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is no generator; there are initramfs-tools, mkinitcpio and dracut"
                        .formatted(text)));
  }

  private static Coverage coverage(String text) {
    return SettingsTable.truth(text) ? Coverage.THIS_HOST : Coverage.ANY_HOST;
  }

  /** The device's word, else the image's, else that initrds are made. */
  InitrdPolicy policy(Manifest.Boot image) {
    return initrd
        .or(() -> image.initrd().flatMap(InitrdPolicy::ofSetting))
        .orElse(InitrdPolicy.REGENERATE);
  }

  /**
   * How initrds are made.
   *
   * @param time the image's
   */
  InitrdSettings initrdSettings(Instant time) {
    InitrdSettings usual = InitrdSettings.of(time);
    return new InitrdSettings(
        generator,
        coverage.orElse(usual.coverage()),
        timeLimit.map(TimeLimit::duration).orElse(usual.timeLimit()),
        time,
        usual.trials(),
        usual.watchdogs());
  }
}

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
import java.util.TreeSet;
import java.util.function.Function;

/** What a device's {@code [boot]} says; what is empty is as the image or tiu has it. */
record BootSettings(
    Optional<InitrdPolicy> initrd,
    Optional<Glob> kernel,
    Optional<InitrdGenerator> generator,
    Optional<TimeLimit> timeLimit,
    Optional<Coverage> coverage) {
  private static final Set<String> KEYS =
      Set.of("initrd", "kernel", "initrd-generator", "initrd-time-limit", "initrd-host-only");

  /** Nothing said. */
  static final BootSettings NONE =
      new BootSettings(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * Reads the table.
   *
   * @throws IllegalArgumentException if it says something without meaning
   */
  static BootSettings of(JsonNode table) {
    if (table.isMissingNode()) {
      return NONE;
    } else if (!table.isObject()) {
      throw new IllegalArgumentException("boot must be a table, [boot]");
    }
    TreeSet<String> unknown = new TreeSet<>();
    table.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(KEYS);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("[boot] has no meaning for " + String.join(", ", unknown));
    }
    return new BootSettings(
        value(table, "initrd", BootSettings::policy),
        value(table, "kernel", Glob::ofName),
        value(table, "initrd-generator", BootSettings::generator),
        value(table, "initrd-time-limit", TimeLimit::parse),
        value(table, "initrd-host-only", BootSettings::coverage));
  }

  private static <T> Optional<T> value(JsonNode table, String key, Function<String, T> parse) {
    JsonNode node = table.path(key);
    if (node.isMissingNode()) {
      return Optional.empty();
    }
    if (!node.isValueNode()) {
      throw new IllegalArgumentException("boot." + key + " must be one value");
    }
    try {
      return Optional.of(parse.apply(node.asText()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("boot." + key + ": " + e.getMessage(), e);
    }
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
    return switch (text) {
      case "true" -> Coverage.THIS_HOST;
      case "false" -> Coverage.ANY_HOST;
      default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
    };
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
        time);
  }
}

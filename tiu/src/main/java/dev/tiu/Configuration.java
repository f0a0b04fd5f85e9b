package dev.tiu;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.etcmerge.PathGlob;
import dev.tiu.etcmerge.Policy;
import dev.tiu.health.TrialPolicy;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a device's own {@code /etc/tiu/tiu.toml} says.
 *
 * @param compatible the names that this device answers to; an image's patterns must match one
 * @param trial whether a new snapshot has to prove itself first
 * @param download how it fetches what is on a server
 * @param update where updates come from, and when they are made by themselves
 * @param etcPolicies what becomes of paths of /etc, by pattern, in the order of the file
 * @param boot how its snapshots are made to boot
 * @param health what follows from health checks
 */
record Configuration(
    List<String> compatible,
    TrialPolicy trial,
    DownloadSettings download,
    UpdateSettings update,
    Map<PathGlob, Policy> etcPolicies,
    BootSettings boot,
    HealthSettings health) {
  static final BytePath PATH = BytePath.of("tiu/tiu.toml");

  private static final Path ETC = Path.of("/etc");
  private static final int LIMIT = 1 << 20;
  private static final Set<String> KEYS =
      Set.of("compatible", "trial", "download", "update", "etc", "boot", "health");
  private static final Set<String> ETC_KEYS = Set.of("policy");

  /** Of a device without the file. */
  static final Configuration DEFAULT =
      new Configuration(
          List.of(),
          TrialPolicy.NEVER,
          DownloadSettings.NONE,
          UpdateSettings.NONE,
          Map.of(),
          BootSettings.NONE,
          HealthSettings.NONE);

  Configuration {
    compatible = List.copyOf(compatible);
    etcPolicies = Collections.unmodifiableMap(new LinkedHashMap<>(etcPolicies));
  }

  /**
   * Reads it.
   *
   * @param etc a device's live /etc
   */
  static Configuration read(Dir etc) throws IOException {
    if (etc.find(PATH).isEmpty()) {
      return DEFAULT;
    }
    return parse(new String(etc.readAll(PATH, LIMIT), StandardCharsets.UTF_8));
  }

  /** That of the system that this runs in. */
  static Configuration ofMachine() throws IOException {
    try (Dir etc = Dir.open(ETC)) {
      return read(etc);
    }
  }

  static Configuration parse(String toml) throws UsageException {
    JsonNode root;
    try {
      root = Toml.read(toml);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
    requireKnown(root, "", KEYS);
    JsonNode etc = table(root, "etc", "etc");
    requireKnown(etc, "etc.", ETC_KEYS);
    return new Configuration(
        names(root.path("compatible")),
        trial(root.path("trial")),
        of(root.path("download"), DownloadSettings::of),
        of(root.path("update"), UpdateSettings::of),
        etcPolicies(table(etc, "policy", "etc.policy")),
        of(root.path("boot"), BootSettings::of),
        of(root.path("health"), HealthSettings::of));
  }

  private static JsonNode table(JsonNode parent, String name, String path) throws UsageException {
    JsonNode table = parent.path(name);
    if (!table.isMissingNode() && !table.isObject()) {
      throw wrong("%s must be a table, [%s]".formatted(path, path));
    }
    return table;
  }

  private static Map<PathGlob, Policy> etcPolicies(JsonNode table) throws UsageException {
    Map<PathGlob, Policy> policies = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> rule : table.properties()) {
      try {
        PathGlob glob = new PathGlob(rule.getKey());
        policies.put(glob, EtcSettings.policy(rule.getValue().asText()));
      } catch (IllegalArgumentException e) {
        throw wrong("etc.policy: " + e.getMessage());
      }
    }
    return policies;
  }

  private static void requireKnown(JsonNode table, String prefix, Set<String> keys)
      throws UsageException {
    Set<String> unknown = SettingsTable.unknown(table, keys);
    if (!unknown.isEmpty()) {
      throw wrong("it has no meaning for " + prefix + String.join(", " + prefix, unknown));
    }
  }

  private static <T> T of(JsonNode table, Function<JsonNode, T> reader) throws UsageException {
    try {
      return reader.apply(table);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private static List<String> names(JsonNode node) throws UsageException {
    List<String> names = new ArrayList<>();
    if (node.isTextual()) {
      names.add(node.textValue());
    } else if (!node.isMissingNode()) {
      if (!node.isArray()) {
        throw wrong("compatible must be a text or a list of texts");
      }
      for (JsonNode element : node) {
        if (!element.isTextual()) {
          throw wrong("compatible must be a text or a list of texts");
        }
        names.add(element.textValue());
      }
    }
    return names;
  }

  private static TrialPolicy trial(JsonNode node) throws UsageException {
    if (node.isMissingNode()) {
      return TrialPolicy.NEVER;
    }
    return TrialPolicy.ofSetting(node.asText())
        .orElseThrow(() -> wrong("trial is '" + node.asText() + "', not never or always"));
  }

  private static UsageException wrong(String what) {
    return new UsageException("/etc/tiu/tiu.toml of the device: " + what + ". Put it right");
  }

  /** The file for a device of this name. */
  static String toml(String compatible) {
    String escaped =
        compatible.codePoints().mapToObj(Configuration::escaped).collect(Collectors.joining());
    return "# What this device is; an image's --compatible pattern must match it.\n"
        + "compatible = \""
        + escaped
        + "\"\n";
  }

  /** As a basic string of TOML 1.0 has it. */
  private static String escaped(int c) {
    if (c == '"' || c == '\\') {
      return "\\" + Character.toString(c);
    }
    return Character.isISOControl(c) ? "\\u%04x".formatted(c) : Character.toString(c);
  }
}

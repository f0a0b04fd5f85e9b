package dev.tiu;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.bundle.http.Proxies;
import dev.tiu.bundle.http.Transfer;
import dev.tiu.bundle.http.WebAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What somebody has said about downloads, on the command line or in {@code tiu.toml}; what is empty
 * is as {@link Transfer} has it.
 */
record DownloadSettings(
    Optional<Rate> limitRate,
    Optional<Rate> minimumRate,
    Optional<TimeLimit> deadline,
    Optional<WebAddress> proxy,
    Optional<Path> caFile,
    Optional<Path> cacheDirectory) {
  private static final Set<String> KEYS =
      Set.of("limit-rate", "minimum-rate", "deadline", "proxy", "ca-file", "cache-dir");

  /** Nothing said. */
  static final DownloadSettings NONE =
      new DownloadSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** These, and where they say nothing the others. */
  DownloadSettings or(DownloadSettings others) {
    return new DownloadSettings(
        limitRate.or(others::limitRate),
        minimumRate.or(others::minimumRate),
        deadline.or(others::deadline),
        proxy.or(others::proxy),
        caFile.or(others::caFile),
        cacheDirectory.or(others::cacheDirectory));
  }

  /**
   * Reads the table {@code [download]}, whose keys are called as the options are.
   *
   * @throws IllegalArgumentException if it says something without meaning
   */
  static DownloadSettings of(JsonNode table) {
    if (table.isMissingNode()) {
      return NONE;
    }
    SettingsTable settings = new SettingsTable("download", table).requireKnown(KEYS);
    return new DownloadSettings(
        settings.value("limit-rate", Rate::parse),
        settings.value("minimum-rate", Rate::parse),
        settings.value("deadline", TimeLimit::parse),
        settings.value("proxy", Proxies::proxy),
        settings.value("ca-file", Path::of),
        settings.value("cache-dir", Path::of));
  }

  /** The settings for one source, with what the environment says of proxies and directories. */
  Transfer transfer(Map<String, String> environment) throws UsageException {
    String agent = VersionProvider.number().map(number -> "tiu/" + number).orElse("tiu");
    Transfer usual = Transfer.of(directory(environment), agent);
    OptionalLong limit =
        limitRate.map(rate -> OptionalLong.of(rate.bytesPerSecond())).orElse(OptionalLong.empty());
    return usual
        .withRates(limit, minimumRate.map(Rate::bytesPerSecond).orElse(usual.minimumRate()))
        .withDeadline(deadline.map(TimeLimit::duration))
        .withRoute(proxies(environment), caFile);
  }

  private Proxies proxies(Map<String, String> environment) throws UsageException {
    try {
      return proxy.map(Proxies::all).orElseGet(() -> Proxies.ofEnvironment(environment));
    } catch (IllegalArgumentException e) {
      throw new UsageException("a proxy of the environment: " + e.getMessage());
    }
  }

  /** Root's downloads lie with the machine's, another user's with that user's. */
  private Path directory(Map<String, String> environment) {
    if (cacheDirectory.isPresent()) {
      return cacheDirectory.get();
    }
    if (System.getProperty("user.name", "").equals("root")) {
      return Path.of("/var/cache/tiu");
    }
    return Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home", "/tmp"), ".cache"))
        .resolve("tiu");
  }
}

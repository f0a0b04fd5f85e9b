package dev.tiu.health;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.health.probe.CommandProbe;
import dev.tiu.health.probe.DiskFreeProbe;
import dev.tiu.health.probe.FailedUnitsProbe;
import dev.tiu.health.probe.GatewayProbe;
import dev.tiu.health.probe.HttpProbe;
import dev.tiu.health.probe.MountProbe;
import dev.tiu.health.probe.MountProbe.Writing;
import dev.tiu.health.probe.PowerProbe;
import dev.tiu.health.probe.Probe;
import dev.tiu.health.probe.ProcessProbe;
import dev.tiu.health.probe.TcpProbe;
import dev.tiu.health.probe.TemperatureProbe;
import dev.tiu.health.probe.TimeProbe;
import dev.tiu.health.probe.UnitProbe;
import dev.tiu.health.probe.Units;
import dev.tiu.linux.Glob;
import dev.tiu.linux.Mounts;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * A check as a file of {@code health.d} has it.
 *
 * <pre>
 * kind = "http"                # what is looked at; the next lines are this kind's
 * url = "http://localhost/"
 * importance = "required"      # or "wanted"
 * timeout = "30s"              # each try must see what it wants in this time
 * tries = 3
 * pause = "10s"
 * settle = "20s"
 * </pre>
 *
 * @param root of the system that is looked at, where {@code proc} and {@code sys} lie
 */
public record CheckFile(Units units, Path root) {
  private static final int LAST_PORT = 65_535;
  private static final int ALL = 100;
  private static final int ENOUGH_POWER = 20;
  private static final int HOTTEST = 1000;

  /** What a unit of systemd is told by. */
  private static final List<String> SUFFIXES =
      List.of(
          ".service",
          ".socket",
          ".target",
          ".timer",
          ".path",
          ".mount",
          ".automount",
          ".swap",
          ".device",
          ".scope",
          ".slice");

  /**
   * Reads it.
   *
   * @param name of the file without its suffix
   * @throws IllegalArgumentException if it makes no sense; the message says what
   */
  public Check read(String name, JsonNode table) {
    CheckTable settings = new CheckTable(table);
    Probe probe = probe(settings.text("kind"), settings);
    Importance importance =
        settings
            .optional("importance")
            .map(
                label ->
                    Importance.ofLabel(label)
                        .orElseThrow(
                            () ->
                                new IllegalArgumentException(
                                    "importance: '%s' is neither required nor wanted"
                                        .formatted(label))))
            .orElse(Importance.REQUIRED);
    Patience usual = Patience.USUAL;
    Patience patience =
        new Patience(
            settings.time("timeout", usual.timeout()),
            settings.number("tries", usual.tries(), 1, ALL),
            settings.time("pause", usual.pause()),
            settings.time("settle", usual.settle()));
    settings.requireAllRead();
    return new Check(name, name, importance, patience, probe);
  }

  private Probe probe(String kind, CheckTable settings) {
    return switch (kind) {
      case "unit" -> new UnitProbe(units, unit(settings.text("unit"), ".service"));
      case "target" -> new UnitProbe(units, unit(settings.text("target"), ".target"));
      case "no-failed-units" ->
          new FailedUnitsProbe(units, settings.texts("except").stream().map(Glob::ofName).toList());
      case "mount" -> mount(settings);
      case "disk-free" -> diskFree(settings);
      case "http" -> http(settings);
      case "tcp" ->
          new TcpProbe(settings.text("host"), settings.requiredNumber("port", 1, LAST_PORT));
      case "ping-gateway" -> new GatewayProbe(root);
      case "time-synced" -> new TimeProbe();
      case "process" -> new ProcessProbe(root, settings.text("name"));
      case "command" -> command(settings);
      case "battery-or-ac" ->
          new PowerProbe(root, settings.number("percent", ENOUGH_POWER, 1, ALL));
      case "temperature" ->
          new TemperatureProbe(
              root,
              settings.requiredNumber("celsius", -HOTTEST, HOTTEST),
              settings.optional("zone"));
      default ->
          throw new IllegalArgumentException(
              "kind: '%s' is none; there are unit, target, no-failed-units, mount, disk-free, http,"
                      .formatted(kind)
                  + " tcp, ping-gateway, time-synced, process, command, battery-or-ac and"
                  + " temperature");
    };
  }

  /** A name without a suffix is a service's, as {@code systemctl} takes it. */
  private static String unit(String name, String suffix) {
    if (name.startsWith("-") || name.chars().anyMatch(Character::isWhitespace)) {
      throw new IllegalArgumentException("'%s' is no name of a unit".formatted(name));
    }
    return SUFFIXES.stream().anyMatch(name::endsWith) ? name : name + suffix;
  }

  private static Probe mount(CheckTable settings) {
    return new MountProbe(
        Mounts::mounted,
        absolute(settings.text("path")),
        settings.optional("type"),
        settings.truth("writable") ? Writing.NEEDED : Writing.NOT_NEEDED);
  }

  private static Probe diskFree(CheckTable settings) {
    long bytes = settings.size("bytes");
    int percent = settings.number("percent", 0, 0, ALL);
    if (bytes == 0 && percent == 0) {
      throw new IllegalArgumentException("disk-free needs bytes or percent");
    }
    return new DiskFreeProbe(absolute(settings.text("path")), bytes, percent);
  }

  private static Path absolute(String text) {
    Path path = Path.of(text).normalize();
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("path: '%s' doesn't begin with a slash".formatted(text));
    }
    return path;
  }

  private static Probe http(CheckTable settings) {
    URI address = URI.create(settings.text("url"));
    String scheme = String.valueOf(address.getScheme());
    if (!List.of("http", "https").contains(scheme) || address.getHost() == null) {
      throw new IllegalArgumentException("url: '%s' is no address of the web".formatted(address));
    }
    return new HttpProbe(
        address, settings.optionalNumber("status", 100, 599), settings.optional("contains"));
  }

  private static Probe command(CheckTable settings) {
    List<String> argv = settings.texts("command");
    if (argv.isEmpty() || !argv.get(0).startsWith("/")) {
      throw new IllegalArgumentException(
          "command: a list is meant, such as [\"/usr/bin/app\", \"--check\"], and its program by"
              + " its path");
    }
    return CommandProbe.of(argv);
  }
}

package dev.tiu.health.probe;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether it isn't too hot.
 *
 * @param root where {@code sys} lies
 * @param celsius what no zone may be above
 * @param zone the type of the only zone that counts
 */
public record TemperatureProbe(Path root, int celsius, Optional<String> zone) implements Probe {
  private static final double MILLI = 1000.0;

  @Override
  public Finding look(Duration limit) {
    Path thermal = root.resolve("sys/class/thermal");
    double hottest = Double.NEGATIVE_INFINITY;
    String where = "";
    if (Files.isDirectory(thermal)) {
      try (DirectoryStream<Path> zones = Files.newDirectoryStream(thermal, "thermal_zone*")) {
        for (Path each : zones) {
          String type = SysFile.read(each, "type");
          String text = SysFile.read(each, "temp");
          if (text.matches("-?[0-9]{1,9}") && zone.filter(z -> !z.equals(type)).isEmpty()) {
            double degrees = Integer.parseInt(text) / MILLI;
            if (degrees > hottest) {
              hottest = degrees;
              where = type;
            }
          }
        }
      } catch (IOException e) {
        return Finding.bad("temperatures can't be read: " + e.getMessage());
      }
    }
    if (where.isEmpty()) {
      return zone.isPresent()
          ? Finding.bad("there is no thermal zone " + zone.get())
          : Finding.good("no thermal zone");
    }
    return Finding.of(hottest <= celsius, "%s has %.1f °C".formatted(where, hottest));
  }
}

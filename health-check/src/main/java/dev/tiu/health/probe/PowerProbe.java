package dev.tiu.health.probe;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Whether the machine has power from outside, or enough in its battery. One without a battery has.
 *
 * @param root where {@code sys} lies
 * @param percent how full a battery must be
 */
public record PowerProbe(Path root, int percent) implements Probe {
  private static final int UNKNOWN = -1;

  @Override
  public Finding look(Duration limit) {
    Path supplies = root.resolve("sys/class/power_supply");
    if (!Files.isDirectory(supplies)) {
      return Finding.good("no battery");
    }
    int fullest = UNKNOWN;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(supplies)) {
      for (Path supply : all) {
        switch (SysFile.read(supply, "type")) {
          case "Mains", "USB" -> {
            if (SysFile.read(supply, "online").equals("1")) {
              return Finding.good("power from outside");
            }
          }
          case "Battery" -> {
            // A mouse's battery has the scope "Device".
            if (!SysFile.read(supply, "scope").equals("Device")) {
              fullest = Math.max(fullest, capacity(supply));
            }
          }
          default -> {
            // Wireless, UPS …: says nothing of this machine.
          }
        }
      }
    } catch (IOException e) {
      return Finding.bad("the power supply can't be read: " + e.getMessage());
    }
    return fullest == UNKNOWN
        ? Finding.good("no battery")
        : Finding.of(fullest >= percent, "on battery, %d %%".formatted(fullest));
  }

  private static int capacity(Path supply) {
    String text = SysFile.read(supply, "capacity");
    return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : 0;
  }
}

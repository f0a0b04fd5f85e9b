package dev.tiu;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Room;
import java.io.IOException;
import java.util.List;

/** A network, for what the image joins networks with. */
record WifiSetup(WifiNetwork network, Program program) {
  /** What joins networks. */
  enum Program {
    NETWORK_MANAGER,

    /** With systemd-networkd, which asks for an address. */
    WPA_SUPPLICANT
  }

  private static final BytePath CONNECTIONS = BytePath.of("NetworkManager/system-connections");
  private static final BytePath SUPPLICANT = BytePath.of("wpa_supplicant");
  private static final BytePath NETWORKS = BytePath.of("systemd/network");

  /** What a machine with one wireless interface calls it if no rule of udev's does otherwise. */
  private static final String INTERFACE = "wlan0";

  /**
   * For an image.
   *
   * @throws UnfitException if it has nothing that is known here
   */
  static WifiSetup of(WifiNetwork network, ImageFiles image) throws IOException {
    if (has(image, "usr/sbin/NetworkManager", "usr/bin/NetworkManager")) {
      return new WifiSetup(network, Program.NETWORK_MANAGER);
    }
    boolean supplicant =
        has(image, "usr/sbin/wpa_supplicant", "usr/bin/wpa_supplicant", "sbin/wpa_supplicant");
    if (supplicant
        && has(image, "usr/lib/systemd/systemd-networkd", "lib/systemd/systemd-networkd")) {
      return new WifiSetup(network, Program.WPA_SUPPLICANT);
    }
    throw new UnfitException(
        "the image has neither NetworkManager nor wpa_supplicant with systemd-networkd, so nothing in"
            + " it would join the network %s. Nothing was written; make the image with one of them,"
                .formatted(network.ssid())
            + " or leave --wifi away");
  }

  private static boolean has(ImageFiles image, String... paths) throws IOException {
    for (String path : paths) {
      if (image.find(BytePath.of(path)).isPresent()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Writes its files, which only root may read.
   *
   * @param room the system, with this etc writable
   */
  void write(Dir etc, Room room) throws IOException {
    switch (program) {
      case NETWORK_MANAGER -> {
        makeDirs(etc, CONNECTIONS);
        write(
            etc,
            CONNECTIONS.resolve(network.fileName() + ".nmconnection"),
            network.networkManager());
      }
      case WPA_SUPPLICANT -> {
        makeDirs(etc, SUPPLICANT);
        String name = "wpa_supplicant-" + INTERFACE + ".conf";
        write(etc, SUPPLICANT.resolve(name), network.wpaSupplicant());
        makeDirs(etc, NETWORKS);
        etc.writeAtomically(
            NETWORKS.resolve("25-wireless.network"),
            "[Match]\nType=wlan\n\n[Network]\nDHCP=yes\n".getBytes(UTF_8),
            0644);
        ImageTools.run(
            room.environment("SYSTEMD_OFFLINE", "1"),
            "the network wouldn't be joined",
            List.of(
                "systemctl",
                "enable",
                "systemd-networkd.service",
                "wpa_supplicant@" + INTERFACE + ".service"));
      }
    }
  }

  private static void write(Dir etc, BytePath path, String text) throws IOException {
    etc.writeAtomically(path, text.getBytes(UTF_8), 0600);
  }

  private static void makeDirs(Dir etc, BytePath path) throws IOException {
    if (!path.isRoot() && etc.find(path).isEmpty()) {
      makeDirs(etc, path.parent());
      etc.makeDir(path, 0755);
    }
  }
}

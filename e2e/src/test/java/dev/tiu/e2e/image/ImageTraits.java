package dev.tiu.e2e.image;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * What an image has beside its root tree, tiu and the units that every machine needs.
 *
 * @param arguments the kernel's own, each with a space before it
 */
public record ImageTraits(String arguments, List<Added> added) {
  /**
   * A file, or a link.
   *
   * @param content of a link, what it points to
   */
  public record Added(String path, String content, boolean isLink) {
    /** A file. */
    public static Added file(String path, String content) {
      return new Added(path, content, false);
    }

    /** A symbolic link. */
    public static Added link(String path, String target) {
      return new Added(path, target, true);
    }
  }

  private static final String SETTINGS =
      """
      compatible = "%s"
      trial = "always"
      [boot]
      # Debian's kernel can't ask a Raspberry Pi's firmware for a trial; the model reads what it says.
      tryboot = true
      """
          .formatted(TestBundle.DEVICE);

  /** Settings. */
  public static final ImageTraits USUAL =
      new ImageTraits("", List.of(Added.file("etc/tiu/tiu.toml", SETTINGS)));

  /**
   * What a Raspberry Pi with Debian's own kernel goes by: tiu finds out that it can't ask for a
   * trial. Firmware for a Pi 3 is there, and a reboot of QEMU's Pi 3 isn't waited for by its
   * watchdog, which can't be set there.
   */
  public static final ImageTraits WITHOUT_TRYBOOT =
      new ImageTraits(
          "",
          List.of(
              Added.file("etc/tiu/tiu.toml", SETTINGS.replaceAll("(?s)\\[boot\\].*", "")),
              Added.file("usr/lib/raspi-firmware/start.elf", "in the place of start.elf\n"),
              Added.file("usr/lib/raspi-firmware/fixup.dat", "in the place of fixup.dat\n"),
              Added.file(
                  "usr/lib/systemd/system.conf.d/reboot.conf",
                  "[Manager]\nRebootWatchdogSec=off\n")));

  private static final String SYSTEM = "usr/lib/systemd/system/";

  /** Units of tiu's, and the links that {@code systemctl enable} makes of them. */
  private static final List<String> UNITS =
      List.of(
          "tiu-health.service",
          "tiu-emergency.service",
          "tiu-deadline.service",
          "tiu-deadline.timer",
          "tiu-update.service",
          "tiu-update.timer",
          "tiu-reboot.service",
          "tiu-reboot.timer");

  private static final List<Added> ENABLED =
      List.of(
          enabled("multi-user.target.wants", "tiu-health.service"),
          enabled("boot-complete.target.requires", "tiu-health.service"),
          enabled("emergency.target.wants", "tiu-emergency.service"),
          enabled("sysinit.target.wants", "tiu-deadline.timer"),
          enabled("timers.target.wants", "tiu-update.timer"),
          enabled("timers.target.wants", "tiu-reboot.timer"));

  private static final List<String> CHECKS =
      List.of("boot.toml", "disk-free.toml", "failed-units.toml");

  public ImageTraits {
    added = List.copyOf(added);
  }

  private static Added enabled(String target, String unit) {
    return Added.link(SYSTEM + target + "/" + unit, "../" + unit);
  }

  /** All that decides on a trial by itself, and updates by the timer: every unit of tiu's. */
  public static ImageTraits withHealth() throws IOException {
    List<Added> health = new ArrayList<>(ENABLED);
    for (String unit : UNITS) {
      health.add(unit(unit, SYSTEM + unit));
    }
    for (String check : CHECKS) {
      health.add(unit("health.d/" + check, "usr/lib/tiu/health.d/" + check));
    }
    health.add(unit("50-tiu-watchdog.conf", "usr/lib/systemd/system.conf.d/50-tiu-watchdog.conf"));
    return USUAL.and(health);
  }

  private static Added unit(String name, String path) throws IOException {
    return Added.file(path, Files.readString(TestBundle.units().resolve(name)));
  }

  /** With those files too. */
  public ImageTraits and(Added... more) {
    return and(List.of(more));
  }

  private ImageTraits and(List<Added> more) {
    List<Added> all = new ArrayList<>(added);
    all.addAll(more);
    return new ImageTraits(arguments, all);
  }

  /** With a service that is started at each boot. */
  public ImageTraits andService(String unit, String content) {
    return and(Added.file(SYSTEM + unit, content), enabled("multi-user.target.wants", unit));
  }

  /** That asks DHCP for an address. */
  public ImageTraits andNetwork() {
    return and(
        Added.file(
            "usr/lib/systemd/network/80-dhcp.network",
            "[Match]\nName=en* eth*\n[Network]\nDHCP=yes\n"),
        enabled("multi-user.target.wants", "systemd-networkd.service"));
  }

  /** Whose kernel panics in each boot, when init ends at once. */
  public ImageTraits thatPanics() {
    return new ImageTraits(arguments + " init=/bin/false", added);
  }

  /**
   * Whose initrd, made by initramfs-tools on the device, goes no further than reading its
   * configuration, of which this is the last; it feeds the watchdog for half a minute.
   */
  public ImageTraits thatHangsInItsInitrd() {
    return new ImageTraits(
        arguments + " tiu.initrd-limit=30",
        and(Added.file(
                "etc/initramfs-tools/conf.d/zzz-hang",
                "if [ -e /conf/initramfs.conf ]; then while :; do sleep 1; done; fi\n"))
            .added());
  }
}

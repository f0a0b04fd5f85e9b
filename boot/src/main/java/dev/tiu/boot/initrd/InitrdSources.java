package dev.tiu.boot.initrd;

import dev.tiu.linux.BytePath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What generators read of /etc. A file is one of these or lies below one; it may be missing.
 *
 * <p>One that is listed in vain costs the time of a generator; one that isn't is missing from an
 * initrd. So whatever a distribution's hooks copy, or look at, is here: those of cryptsetup, lvm2,
 * mdadm, multipath, open-iscsi, dropbear, plymouth, kbd and console-setup for initramfs-tools, and
 * the modules and hooks that come with dracut and mkinitcpio. Not here is what differs after each
 * boot or login ({@code resolv.conf}, {@code shadow}), and what an initrd has from the image alone.
 * What a configuration names besides, {@link InitrdInputs} finds.
 */
final class InitrdSources {
  private static final List<String> COMMON =
      List.of(
          // Which file systems and volumes there are, and what opens them.
          "fstab",
          "crypttab",
          "cryptsetup-keys.d",
          "cryptsetup-initramfs",
          "veritytab",
          "integritytab",
          "lvm",
          "mdadm",
          "mdadm.conf",
          "multipath",
          "multipath.conf",
          "iscsi",
          "nvme",
          "zfs",
          "hostid",
          // Drivers, firmware, and the names of devices.
          "modules",
          "modules-load.d",
          "modprobe.conf",
          "modprobe.d",
          "depmod.d",
          "udev",
          "sysctl.conf",
          "sysctl.d",
          // Who sits at it: a passphrase is typed on this keyboard.
          "vconsole.conf",
          "locale.conf",
          "default/locale",
          "default/keyboard",
          "default/console-setup",
          "console-setup",
          "kbd",
          "plymouth",
          // Who is let in from elsewhere.
          "dropbear",
          "dropbear-initramfs",
          "tinyssh",
          // What network cards are called.
          "systemd/network",
          // Libraries are looked for there.
          "ld.so.conf",
          "ld.so.conf.d");

  /** Of systemd, where it is the initrd's init. */
  private static final List<String> SYSTEMD =
      List.of(
          "systemd/system.conf",
          "systemd/system.conf.d",
          "systemd/journald.conf",
          "systemd/journald.conf.d",
          "systemd/system",
          "hostname");

  private static final Map<InitrdGenerator, List<String>> OWN = own();

  private InitrdSources() {}

  private static Map<InitrdGenerator, List<String>> own() {
    Map<InitrdGenerator, List<String>> own = new EnumMap<>(InitrdGenerator.class);
    own.put(InitrdGenerator.INITRAMFS_TOOLS, List.of("initramfs-tools"));
    own.put(
        InitrdGenerator.MKINITCPIO,
        and(SYSTEMD, "mkinitcpio.conf", "mkinitcpio.conf.d", "mkinitcpio.d", "initcpio"));
    own.put(
        InitrdGenerator.DRACUT,
        and(
            SYSTEMD,
            "dracut.conf",
            "dracut.conf.d",
            "cmdline",
            "cmdline.d",
            "selinux",
            "ima",
            "keys"));
    return own;
  }

  private static List<String> and(List<String> some, String... more) {
    return Stream.concat(some.stream(), Arrays.stream(more)).toList();
  }

  /** Paths below /etc. */
  static List<BytePath> of(InitrdGenerator generator) {
    List<String> all = new ArrayList<>(COMMON);
    all.addAll(OWN.getOrDefault(generator, List.of()));
    return all.stream().map(BytePath::of).toList();
  }
}

package dev.tiu.boot.initrd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the programs of an initrd are made to run {@code /tiu/count-try} before they wait for the
 * root, in a trial's boots alone, and {@code /tiu/watchdog/feed} as early as they can. All of it is
 * by files of names that the initrd hasn't, as a later archive's file of the same name would count
 * instead.
 */
enum InitrdHook {
  /**
   * {@code init} reads {@code conf/conf.d/*}, and then, when udev has run and scripts are to mount
   * the root, the one that {@code BOOT} names.
   */
  INITRAMFS_TOOLS {
    @Override
    boolean fits(InitrdContent initrd) {
      return initrd.has("conf/initramfs.conf") && initrd.has("scripts/local");
    }

    @Override
    void addCounter(InitrdContent initrd, CpioArchive archive) {
      archive
          .file(
              "conf/conf.d/zz-tiu-trial",
              text("case \" $(cat /proc/cmdline) \" in *\" tiu.trial=\"*) BOOT=tiu ;; esac\n"))
          .file(
              "scripts/tiu",
              text(". /scripts/local\nTIU_WATCHDOG=feed sh /tiu/count-try\nBOOT=local\n"));
    }

    @Override
    void addFeeder(InitrdContent initrd, CpioArchive archive) {
      archive.file("conf/conf.d/zz-tiu-watchdog", text(FEED));
    }
  },

  /**
   * dracut's and mkinitcpio's with systemd as init: a unit that is done before the root's mount.
   */
  SYSTEMD {
    @Override
    boolean fits(InitrdContent initrd) {
      return initrd.has("etc/initrd-release") && unitDirectory(initrd).isPresent();
    }

    @Override
    void addCounter(InitrdContent initrd, CpioArchive archive) {
      String units = unitDirectory(initrd).orElseThrow();
      archive
          .file(
              units + "/tiu-count-try.service",
              text(
                  """
                  [Unit]
                  Description=Count a boot of a snapshot on trial
                  DefaultDependencies=no
                  ConditionKernelCommandLine=tiu.trial
                  After=systemd-udev-trigger.service
                  Before=initrd-root-device.target sysroot.mount initrd-root-fs.target

                  [Service]
                  Type=oneshot
                  ExecStart=/bin/sh /tiu/count-try
                  StandardOutput=journal+console
                  """))
          .link(units + "/initrd.target.wants/tiu-count-try.service", "../tiu-count-try.service");
    }

    /**
     * systemd feeds it itself, also after it has begun with the root; it wants the driver alone.
     */
    @Override
    void addFeeder(InitrdContent initrd, CpioArchive archive) {
      String units = unitDirectory(initrd).orElseThrow();
      archive
          .file(units + ".conf.d/50-tiu-watchdog.conf", text("[Manager]\nRuntimeWatchdogSec=30s\n"))
          .file(
              units + "/tiu-watchdog.service",
              text(
                  """
                  [Unit]
                  Description=Load the driver of the watchdog
                  DefaultDependencies=no

                  [Service]
                  Type=oneshot
                  ExecStart=/bin/sh /tiu/watchdog/feed load
                  """))
          .link(units + "/initrd.target.wants/tiu-watchdog.service", "../tiu-watchdog.service");
    }

    private static Optional<String> unitDirectory(InitrdContent initrd) {
      return places("usr/lib/systemd", "lib/systemd")
          .filter(place -> initrd.has(place + "/systemd"))
          .findFirst()
          .map(place -> place + "/system");
    }
  },

  /** dracut's own init: udev runs, and what it is to look at comes after this hook. */
  DRACUT {
    @Override
    boolean fits(InitrdContent initrd) {
      return hooks(initrd).isPresent();
    }

    @Override
    void addCounter(InitrdContent initrd, CpioArchive archive) {
      archive.file(
          hooks(initrd).orElseThrow() + "/00-tiu.sh",
          text(
              """
              case " $(cat /proc/cmdline) " in
                *" tiu.trial="*)
                  udevadm trigger --type=subsystems --action=add
                  udevadm trigger --type=devices --action=add
                  TIU_WATCHDOG=feed sh /tiu/count-try
                  ;;
              esac
              """));
    }

    @Override
    void addFeeder(InitrdContent initrd, CpioArchive archive) {
      archive.file(hooks(initrd).orElseThrow() + "/00-tiu-watchdog.sh", text(FEED));
    }

    private static Optional<String> hooks(InitrdContent initrd) {
      return places("usr/lib/dracut", "lib/dracut", "var/lib/dracut")
          .map(place -> place + "/hooks/pre-trigger")
          .filter(initrd::has)
          .findFirst();
    }
  };

  /** What sources this goes on meanwhile. */
  private static final String FEED = "sh /tiu/watchdog/feed </dev/null >/dev/null 2>&1 &\n";

  private static final List<String> COUNTER_S_PROGRAMS =
      List.of("sh", "cat", "mkdir", "mount", "umount", "sleep");

  private static final List<String> FEEDER_S_PROGRAMS = List.of("sh", "cat", "sleep");
  private static final List<String> LOADERS = List.of("insmod", "kmod", "busybox");

  abstract boolean fits(InitrdContent initrd);

  abstract void addCounter(InitrdContent initrd, CpioArchive archive);

  abstract void addFeeder(InitrdContent initrd, CpioArchive archive);

  /** The one for that initrd, if there is one. */
  static Optional<InitrdHook> of(InitrdContent initrd) {
    return Arrays.stream(values()).filter(hook -> hook.fits(initrd)).findFirst();
  }

  /** What count-try needs and the initrd hasn't. */
  static Optional<String> missingForCounter(InitrdContent initrd) {
    return missing(initrd, COUNTER_S_PROGRAMS);
  }

  /** What feeds a watchdog needs and the initrd hasn't. */
  static Optional<String> missingForFeeder(InitrdContent initrd) {
    return missing(initrd, FEEDER_S_PROGRAMS);
  }

  private static Optional<String> missing(InitrdContent initrd, List<String> programs) {
    if (LOADERS.stream().noneMatch(program -> hasProgram(initrd, program))) {
      return Optional.of("insmod");
    }
    return programs.stream().filter(program -> !hasProgram(initrd, program)).findFirst();
  }

  private static boolean hasProgram(InitrdContent initrd, String program) {
    return places("bin", "sbin", "usr/bin", "usr/sbin")
        .anyMatch(place -> initrd.has(place + "/" + program));
  }

  private static Stream<String> places(String... places) {
    return Arrays.stream(places);
  }

  private static byte[] text(String text) {
    return text.getBytes(UTF_8);
  }
}

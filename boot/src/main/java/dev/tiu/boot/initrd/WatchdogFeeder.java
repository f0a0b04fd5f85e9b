package dev.tiu.boot.initrd;

import dev.tiu.boot.kernel.Kernel;
import dev.tiu.boot.kernel.RootView;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What has a machine's watchdog reset an initrd that hangs: an archive in front of it, as {@link
 * TryCounter} is one. Only for systems whose systemd feeds the watchdog afterwards, as tiu's
 * drop-in has it.
 *
 * <pre>
 * tiu/watchdog/feed        the script
 * tiu/watchdog/modules/…   the driver with what it needs, and list: in which order
 * the hook                 what has the initrd's own programs run it
 * </pre>
 */
final class WatchdogFeeder {
  private static final String NAME = "50-tiu-watchdog.conf";
  private static final List<BytePath> DROP_INS =
      List.of(
          BytePath.of("etc/systemd/system.conf.d/" + NAME),
          BytePath.of("usr/lib/systemd/system.conf.d/" + NAME));

  private WatchdogFeeder() {}

  /** The drop-in that counts is there, and isn't switched off by an empty file. */
  static boolean isWanted(Dir root) throws IOException {
    for (BytePath path : DROP_INS) {
      if (root.find(path).isPresent()) {
        Optional<FileHandle> found = new RootView(root).file(path);
        if (found.isEmpty()) {
          return false;
        }
        try (FileHandle file = found.get()) {
          return file.status().size() > 0;
        }
      }
    }
    return false;
  }

  /**
   * For one initrd; empty if that can't be done in it, or its kernel has no driver for them.
   *
   * @param drivers of the machine's watchdogs
   */
  static Optional<byte[]> of(InitrdContent initrd, Dir root, Kernel kernel, List<String> drivers)
      throws IOException {
    Optional<InitrdHook> hook = InitrdHook.of(initrd);
    if (hook.isEmpty() || InitrdHook.missingForFeeder(initrd).isPresent()) {
      return Optional.empty();
    }
    CpioArchive archive =
        new CpioArchive().file("tiu/watchdog/feed", ModuleFiles.script("feed-watchdog"));
    List<String> names = drivers.stream().map(driver -> driver.replace('-', '_') + ".ko").toList();
    KernelModules known = KernelModules.read(root, kernel);
    if (names.stream().noneMatch(known::has)) {
      return Optional.empty();
    }
    ModuleFiles modules = new ModuleFiles(root, kernel, known);
    if (modules.add(archive, "tiu/watchdog/modules", names).isPresent()) {
      return Optional.empty();
    }
    hook.get().addFeeder(initrd, archive);
    return Optional.of(archive.complete(ModuleFiles.BLOCK));
  }
}

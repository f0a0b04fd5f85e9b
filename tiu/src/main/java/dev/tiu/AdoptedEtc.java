package dev.tiu;

import dev.tiu.boot.cmdline.KernelArguments;
import dev.tiu.etcmerge.EtcMerge;
import dev.tiu.etcmerge.MergeSettings;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What the /etc of an adopted system needs to be one of tiu's; all of it is the device's own. */
final class AdoptedEtc {
  static final BytePath OWN = BytePath.of("tiu");

  private static final BytePath ARGUMENTS = BytePath.of("tiu/cmdline.d/10-adopted.conf");
  private static final BytePath FSTAB = BytePath.of("fstab");
  private static final int LIMIT = 1 << 20;

  /** The root is read-only, and Debian before 13 has /tmp in it. */
  private static final String TMP = "tmpfs /tmp tmpfs mode=1777,nosuid,nodev 0 0\n";

  private final Dir etc;

  /**
   * @param etc the snapshot's live one
   */
  AdoptedEtc(Dir etc) {
    this.etc = etc;
  }

  /** Says what the device is, and keeps the arguments that its kernel was started with. */
  void writeOwn(Optional<String> device, Optional<KernelArguments> arguments) throws IOException {
    if (device.isPresent() && etc.find(Configuration.PATH).isEmpty()) {
      makeDir(OWN);
      byte[] toml = Configuration.toml(device.get()).getBytes(StandardCharsets.UTF_8);
      etc.writeAtomically(Configuration.PATH, toml, 0644);
    }
    if (arguments.filter(a -> !a.list().isEmpty()).isPresent()) {
      makeDir(OWN);
      makeDir(ARGUMENTS.parent());
      byte[] file = StartArguments.file(arguments.get()).getBytes(StandardCharsets.US_ASCII);
      etc.writeAtomically(ARGUMENTS, file, 0644);
    }
  }

  /** Takes tiu's settings from a snapshot that was adopted before, with what was changed there. */
  void takeOwn(Dir earlier) throws IOException {
    etc.removeIfThere(OWN);
    if (earlier.find(OWN).isPresent()) {
      TreeCopy.copy(earlier, OWN, etc, OWN);
    }
  }

  private void makeDir(BytePath path) throws IOException {
    if (etc.find(path).isEmpty()) {
      etc.makeDir(path, 0755);
    }
  }

  /**
   * Has fstab mount what the snapshots share, and something that can be written at /tmp; lines for
   * other places stay.
   *
   * @param root the snapshot's
   */
  void completeMounts(Dir root) throws IOException {
    EtcMerge.completeMounts(etc, MergeSettings.DEFAULT.withMounts(EtcSettings.mounts(etc)));
    boolean mounted =
        FstabLine.read(etc).stream().anyMatch(line -> line.place().equals("/tmp"))
            || root.find(BytePath.of("usr/lib/systemd/system/tmp.mount")).isPresent();
    if (!mounted && etc.find(FSTAB).isPresent()) {
      String text = new String(etc.readAll(FSTAB, LIMIT), StandardCharsets.ISO_8859_1);
      String complete = (text.isEmpty() || text.endsWith("\n") ? text : text + "\n") + TMP;
      etc.writeAtomically(FSTAB, complete.getBytes(StandardCharsets.ISO_8859_1), 0644);
    }
  }
}

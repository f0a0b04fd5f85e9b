package dev.tiu.boot;

import dev.tiu.linux.Btrfs;
import dev.tiu.linux.Dir;
import java.io.IOException;

/**
 * Switches by btrfs's default subvolume: what is mounted as root where the kernel command line
 * names no subvolume. btrfs changes it in one transaction.
 */
public final class DefaultSubvolume implements BootSwitch {
  private final Dir fileSystem;

  /**
   * @param fileSystem any directory of the btrfs; stays open as long as this is used
   */
  public DefaultSubvolume(Dir fileSystem) {
    this.fileSystem = fileSystem;
  }

  @Override
  public void makeDefault(BootTarget target) throws IOException {
    Btrfs.setDefaultSubvolume(fileSystem, target.subvolumeId());
    Btrfs.sync(fileSystem);
  }
}

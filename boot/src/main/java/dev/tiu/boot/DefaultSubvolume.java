package dev.tiu.boot;

import dev.tiu.linux.Btrfs;
import dev.tiu.linux.Dir;
import java.io.IOException;

/**
 * btrfs's default subvolume: what is mounted as root where the kernel command line names no
 * subvolume.
 */
public final class DefaultSubvolume {
  private final Dir fileSystem;

  /**
   * @param fileSystem any directory of the btrfs; stays open as long as this is used
   */
  public DefaultSubvolume(Dir fileSystem) {
    this.fileSystem = fileSystem;
  }

  /**
   * Makes that subvolume the default from now on. btrfs changes it in one transaction: a power cut
   * leaves the old one or the new one, and when the call returns the change is on the disk.
   */
  public void makeDefault(long subvolumeId) throws IOException {
    Btrfs.setDefaultSubvolume(fileSystem, subvolumeId);
    Btrfs.sync(fileSystem);
  }
}

package dev.tiu;

import dev.tiu.boot.BootException;
import dev.tiu.boot.cmdline.CommandLine;
import dev.tiu.boot.cmdline.KernelArguments;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.snapshot.Layout;
import java.io.IOException;

/** The kernel arguments of a snapshot that neither its /etc nor a default says. */
final class SnapshotArguments {
  private SnapshotArguments() {}

  /**
   * What mounts it as the root.
   *
   * @param place the snapshot's directory
   */
  static KernelArguments root(Dir place, int number) throws IOException {
    BytePath subvolume = Layout.snapshot(number).resolve(Layout.ROOT);
    return CommandLine.root(Btrfs.fileSystemId(place), subvolume.toString());
  }

  /** The image's own. */
  static KernelArguments ofImage(RecordedBoot record) throws BootException {
    try {
      return KernelArguments.parse(record.boot().kernelArguments().orElse(""));
    } catch (IllegalArgumentException e) {
      throw new BootException(
          "The image's kernelArguments: " + e.getMessage(),
          "No command line can be made with them.",
          "Make the image with others.");
    }
  }
}

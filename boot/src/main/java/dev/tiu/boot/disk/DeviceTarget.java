package dev.tiu.boot.disk;

import dev.tiu.linux.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A whole disk. What it was goes first, and its new partition table comes last: whatever ends this
 * between leaves a disk that nobody takes for one with a system.
 */
final class DeviceTarget implements Target {
  private final Path path;
  private final BlockDevice device;

  private DeviceTarget(Path path, BlockDevice device) {
    this.path = path;
    this.device = device;
  }

  static DeviceTarget take(BlockDisk disk, Consent consent) throws IOException {
    disk.requireFree(consent);
    BlockDevice device;
    try {
      device = BlockDevice.claim(disk.path());
    } catch (IOException e) {
      throw Target.isBusy(e)
          ? new DiskInUseException(disk.path(), List.of("a program has it for itself"))
          : e;
    }
    boolean done = false;
    try {
      DeviceTarget target = new DeviceTarget(disk.path(), device);
      target.forgetTable();
      done = true;
      return target;
    } finally {
      if (!done) {
        device.close();
      }
    }
  }

  /** Both copies of any table, and of anything else that says what the whole disk is. */
  private void forgetTable() throws IOException {
    long size = device.size();
    zero(0);
    zero(size - TABLE_ROOM);
    device.content().sync();
    device.rereadPartitions();
  }

  private void zero(long offset) throws IOException {
    device.content().write(ByteBuffer.allocate((int) TABLE_ROOM), offset);
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public void commit(PartitionPlan plan, Optional<BiosCode> code) throws IOException {
    if (code.isPresent()) {
      Target.write(device.content(), plan, code.get());
    }
    // The partitions' content is on the disk before anything says that they exist.
    device.content().sync();
    Sfdisk.write(path, plan);
    device.content().sync();
    if (code.isPresent()) {
      Target.requireHeld(device.content(), plan, code.get());
    }
    device.rereadPartitions();
    device.close();
  }

  @Override
  public void abandon() throws IOException {
    try (device) {
      forgetTable();
    }
  }

  @Override
  public IOException explain(IOException failure) {
    return failure;
  }
}

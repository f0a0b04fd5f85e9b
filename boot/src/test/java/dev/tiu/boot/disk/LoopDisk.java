package dev.tiu.boot.disk;

import dev.tiu.linux.Access;
import dev.tiu.linux.Command;
import dev.tiu.linux.LoopDevice;
import dev.tiu.linux.testing.Partitions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.security.SecureRandom;

/** A sparse file as a whole disk of this machine. */
record LoopDisk(Path file, LoopDevice device) implements AutoCloseable {
  static LoopDisk create(Path directory, long size) throws IOException {
    Path file = directory.resolve("disk");
    setSize(file, size);
    LoopDisk disk = new LoopDisk(file, LoopDevice.attach(file, Access.WRITABLE));
    // The kernel keeps partitions of a device whose user was killed, also for the next one.
    Partitions.forget(disk.path());
    return disk;
  }

  /**
   * Of a disk to be made, new ones each time: a loop device that somebody looks at outlives its
   * test for a moment, and mkfs.btrfs refuses an id that any disk of the machine has.
   */
  static DiskIds newIds() {
    return DiskIds.random(new SecureRandom());
  }

  private static void setSize(Path file, long size) throws IOException {
    try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
      disk.setLength(size);
    }
  }

  Path path() {
    return device.path();
  }

  Path partition(int number) {
    return Path.of(path() + "p" + number);
  }

  /** As a card is larger than the one that the image was made for. */
  void enlarge(long size) throws IOException {
    setSize(file, size);
    run("losetup", "--set-capacity", path().toString());
  }

  static String run(String... argv) throws IOException {
    return Command.of(argv).run().text();
  }

  @Override
  public void close() throws IOException {
    Partitions.forget(path());
    device.close();
  }
}

package dev.tiu.linux;

import java.nio.file.Path;

/**
 * A whole block device that this process alone may write to.
 *
 * <p>Opened with O_EXCL, which the kernel refuses (EBUSY) while the device or a partition of it is
 * mounted, swapped to, or part of another device, and which keeps others from any of that until it
 * is closed.
 */
public final class BlockDevice implements AutoCloseable {
  /** {@code linux/fs.h}. */
  private static final long BLKGETSIZE64 = Ioctl.read(0x12, 114, 8);

  private static final long BLKRRPART = Ioctl.none(0x12, 95);

  private final FileHandle content;

  private BlockDevice(FileHandle content) {
    this.content = content;
  }

  /**
   * Takes the device.
   *
   * @throws LinuxException EBUSY if it is in use
   */
  public static BlockDevice claim(Path device) throws LinuxException {
    int fd = Calls.openTrusted(device.toString(), Abi.O_RDWR | Abi.O_EXCL);
    return new BlockDevice(new FileHandle(fd, Label.of(device.toString())));
  }

  /** In bytes. */
  public long size() throws LinuxException {
    Scratch scratch = Scratch.get();
    long address = scratch.address(Scratch.STRUCT);
    content.run("BLKGETSIZE64", fd -> LibC.ioctl(fd, BLKGETSIZE64, address));
    return scratch.buffer.getLong(Scratch.STRUCT);
  }

  /** What is on it; open as long as the device is. */
  public FileHandle content() {
    return content;
  }

  /**
   * Lets the kernel read the partition table anew. On a device of which it makes no partitions, as
   * on most loop devices, nothing happens.
   */
  public void rereadPartitions() throws LinuxException {
    try {
      content.run("BLKRRPART", fd -> LibC.ioctl(fd, BLKRRPART, 0));
    } catch (LinuxException e) {
      if (e.errno() != Errno.EINVAL) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    content.close();
  }
}

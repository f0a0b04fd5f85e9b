package dev.tiu.linux.testing;

import dev.tiu.linux.Access;
import dev.tiu.linux.Command;
import dev.tiu.linux.Errno;
import dev.tiu.linux.LinuxException;
import dev.tiu.linux.LoopDevice;
import dev.tiu.linux.Mounts;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A btrfs file system in a sparse file, mounted at its top level (subvolid 5).
 *
 * <p>Closing it unmounts it and removes all of it; so does the Java machine's end where nobody
 * closed it. Handles below it must be closed before.
 */
public final class BtrfsDisk implements AutoCloseable {
  private static final int UNMOUNT_ATTEMPTS = 20;
  private static final long RETRY_MILLIS = 100;

  private final Path directory;
  private final Path image;
  private final Path mountPoint;
  private final LoopDevice device;
  private final Thread atShutdown;

  private BtrfsDisk(Path directory, Path image, Path mountPoint, LoopDevice device) {
    this.directory = directory;
    this.image = image;
    this.mountPoint = mountPoint;
    this.device = device;
    this.atShutdown = new Thread(this::closeAtShutdown, "end of " + mountPoint);
  }

  /** A disk of that many bytes, 128 MiB at least; what isn't written takes no space. */
  public static BtrfsDisk create(long size) throws IOException {
    return open(
        image -> {
          try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(size);
          }
          Command.of("mkfs.btrfs", "--quiet", image.toString()).run();
        });
  }

  /**
   * A copy of what {@link #save} kept. Only one of all its copies, and of the disk itself, can be
   * there at a time: Linux tells file systems apart by the UUID that they share.
   */
  public static BtrfsDisk copyOf(Path saved) throws IOException {
    return open(image -> copy(saved, image));
  }

  private static void copy(Path from, Path to) throws IOException {
    Command.of("cp", "--sparse=always", from.toString(), to.toString()).run();
  }

  /** Makes an image's file. */
  @FunctionalInterface
  private interface Maker {
    void make(Path image) throws IOException;
  }

  private static BtrfsDisk open(Maker maker) throws IOException {
    Path directory = Files.createTempDirectory("tiu-btrfs");
    Path image = directory.resolve("image");
    Path mountPoint = directory.resolve("top");
    LoopDevice device = null;
    boolean done = false;
    try {
      Files.createDirectory(mountPoint);
      maker.make(image);
      device = LoopDevice.attach(image, Access.WRITABLE);
      Mounts.mount(device.path(), mountPoint, "btrfs", 0, "subvolid=5");
      BtrfsDisk disk = new BtrfsDisk(directory, image, mountPoint, device);
      Runtime.getRuntime().addShutdownHook(disk.atShutdown);
      done = true;
      return disk;
    } finally {
      if (!done) {
        if (device != null) {
          device.close();
        }
        remove(image, mountPoint, directory);
      }
    }
  }

  /** Keeps it in a file, as it is now. */
  public void save(Path file) throws IOException {
    Command.of("sync", "--file-system", mountPoint.toString()).run();
    copy(image, file);
  }

  /** The top level. */
  public Path mountPoint() {
    return mountPoint;
  }

  /** The block device, for mounting it once more. */
  public Path device() {
    return device.path();
  }

  /** The file that holds it. */
  public Path image() {
    return image;
  }

  /**
   * Removes all of it.
   *
   * @throws LinuxException EBUSY if a handle is still open below; the disk is gone from sight all
   *     the same, and from the machine when that handle is closed
   */
  @Override
  public void close() throws IOException {
    try {
      unmount();
    } finally {
      device.close();
      remove(image, mountPoint, directory);
      try {
        Runtime.getRuntime().removeShutdownHook(atShutdown);
      } catch (IllegalStateException e) {
        // This is that hook, or it comes now and finds nothing.
      }
    }
  }

  /** A handle that is closed late, or a program that looks at all mounts, may keep it a moment. */
  private void unmount() throws IOException {
    for (int i = 1; ; i++) {
      try {
        Mounts.unmount(mountPoint);
        return;
      } catch (LinuxException e) {
        if (e.errno() != Errno.EBUSY) {
          throw e;
        }
        if (i == UNMOUNT_ATTEMPTS) {
          Command.of("umount", "--lazy", mountPoint.toString()).run();
          throw e;
        }
      }
      try {
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void closeAtShutdown() {
    try {
      if (Files.exists(directory)) {
        close();
      }
    } catch (IOException e) {
      System.err.println("left behind: " + mountPoint + ": " + e.getMessage());
    }
  }

  private static void remove(Path... paths) throws IOException {
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }
}

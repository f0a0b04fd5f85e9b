package dev.tiu;

import dev.tiu.boot.BootException;
import dev.tiu.boot.BootFiles.KernelWithInitrd;
import dev.tiu.boot.loader.InPlace;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Errno;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.LinuxException;
import dev.tiu.snapshot.Layout;
import java.io.IOException;
import java.util.Optional;

/**
 * A snapshot's kernel and initrd as GRUB finds them on the btrfs: as far as it reads what is there.
 */
final class KernelsInPlace {
  private static final String WHY = "GRUB, which reads it from the btrfs, ";
  private static final String AS_IT_WAS = "The snapshot isn't made to boot; what boots now stays.";
  private static final String REMEDY =
      "Take [boot] kernels out of /etc/tiu/tiu.toml, so that it is copied to the boot partition.";

  private KernelsInPlace() {}

  /**
   * Finds them, and has them where GRUB reads. It doesn't know btrfs's log tree, by which alone a
   * file may have survived that was only synced by itself; so all is committed.
   *
   * @param root the snapshot's
   * @param kept {@code N/tiu}
   */
  static InPlace of(int number, KernelWithInitrd one, Dir root, Dir kept) throws IOException {
    BytePath kernel = one.kernel().image();
    requireReadable(root, kernel);
    Optional<BytePath> initrd = Optional.empty();
    if (one.initrd().isPresent()) {
      BytePath path = one.initrd().get().path();
      requireReadable(kept, path);
      initrd = Optional.of(Layout.snapshot(number).resolve(Layout.FILES).resolve(path));
    }
    kept.syncFileSystem();
    BytePath image = Layout.snapshot(number).resolve(Layout.ROOT).resolve(kernel);
    return new InPlace(Btrfs.fileSystemId(kept), image, initrd);
  }

  private static void requireReadable(Dir directory, BytePath path) throws IOException {
    try (FileHandle file = directory.openFile(path)) {
      long size = file.status().size();
      if (file.nextHole(0) < size) {
        throw new BootException(
            path + " has a hole: zeros that aren't on the disk",
            WHY + "would fail there. " + AS_IT_WAS,
            REMEDY);
      }
    } catch (LinuxException e) {
      if (e.errno() != Errno.ELOOP) {
        throw e;
      }
      throw new BootException(
          path + " is reached by a link", WHY + "may follow it elsewhere. " + AS_IT_WAS, REMEDY);
    }
  }
}

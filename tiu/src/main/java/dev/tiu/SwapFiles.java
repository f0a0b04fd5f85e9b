package dev.tiu;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Errno;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.linux.LinuxException;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.ForeignSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Swap files in what would be copied. The kernel takes none that shares its data, as a copy does,
 * and btrfs makes no snapshot of a subvolume with one that is in use.
 */
final class SwapFiles {
  /** Where installers and dphys-swapfile put one, which no fstab names then. */
  private static final Set<String> USUAL = Set.of("/swapfile", "/swap.img", "/var/swap");

  private static final Path IN_USE = Path.of("/proc/swaps");

  /** Ends the first page, of 4, 16 or 64 KiB ({@code union swap_header}). */
  private static final byte[] MAGIC = "SWAPSPACE2".getBytes(StandardCharsets.US_ASCII);

  private SwapFiles() {}

  /**
   * That there is none.
   *
   * @throws DeviceException naming the first
   */
  static void requireNone(AdoptionSource source, boolean running) throws IOException {
    Set<String> wanted = new LinkedHashSet<>();
    source.etc(FstabLine::read).stream()
        .filter(FstabLine::isSwap)
        .map(FstabLine::source)
        .forEach(wanted::add);
    if (running) {
      for (String line : Files.readAllLines(IN_USE)) {
        wanted.add(line.split("[ \\t]+", -1)[0]);
      }
    }
    for (String path : wanted) {
      if (path.startsWith("/") && !path.startsWith("/dev/") && isFile(source.system(), path)) {
        throw refused(path);
      }
    }
    for (String path : USUAL) {
      if (isFile(source.system(), path) && isSwap(source.system(), path)) {
        throw refused(path);
      }
    }
  }

  private static DeviceException refused(String path) {
    return new DeviceException(
        ("%s is a swap file, which can't be in a snapshot: a copy of it can't be swapped to. Nothing"
                + " was changed; `swapoff %s`, and remove it with its line in /etc/fstab (on Raspberry"
                + " Pi OS: `dphys-swapfile uninstall`), or put it on a subvolume of its own that"
                + " /etc/fstab mounts")
            .formatted(path, path));
  }

  /** A path in the tree that has it, which may be mounted at a directory of the root. */
  private record Place(Dir tree, BytePath path) {}

  private static Place place(ForeignSystem system, String path) {
    BytePath below = BytePath.of(path.substring(1));
    for (Map.Entry<BytePath, Dir> part : system.elsewhere().entrySet()) {
      if (below.startsWith(part.getKey()) && !below.equals(part.getKey())) {
        return new Place(part.getValue(), below.relativeTo(part.getKey()));
      }
    }
    return new Place(system.root(), below);
  }

  private static boolean isFile(ForeignSystem system, String path) throws IOException {
    Place place = place(system, path);
    try {
      Optional<FileStatus> status = place.tree().find(place.path());
      return status.filter(s -> s.type() == FileType.REGULAR).isPresent();
    } catch (LinuxException e) {
      if (e.errno() == Errno.ELOOP) {
        return false;
      }
      throw e;
    }
  }

  private static boolean isSwap(ForeignSystem system, String path) throws IOException {
    Place place = place(system, path);
    try (FileHandle file = place.tree().openFile(place.path())) {
      long size = file.status().size();
      for (int page : new int[] {1 << 12, 1 << 14, 1 << 16}) {
        if (size >= page) {
          ByteBuffer buffer = ByteBuffer.allocateDirect(MAGIC.length);
          file.readFully(buffer, page - MAGIC.length);
          if (buffer.flip().equals(ByteBuffer.wrap(MAGIC))) {
            return true;
          }
        }
      }
      return false;
    }
  }
}

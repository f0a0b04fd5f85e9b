package dev.tiu;

import dev.tiu.bundle.SystemFacts;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Errno;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileType;
import dev.tiu.linux.LinuxException;
import dev.tiu.linux.Machine;
import dev.tiu.linux.MountEntry;
import dev.tiu.linux.Mounts;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.ForeignSystem;
import dev.tiu.snapshot.Layout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The system that is to be adopted: where it lies on the device's btrfs, and what it is.
 *
 * @param path of its root, from the top level; that itself may be it
 * @param system open until this is closed
 */
record AdoptionSource(BytePath path, ForeignSystem system) implements AutoCloseable {
  private static final BytePath ETC = BytePath.of("etc");
  private static final int OS_RELEASE_LIMIT = 1 << 16;

  /**
   * Finds it.
   *
   * @param root its subvolume, of a disk that doesn't run
   * @throws DeviceException if it has a part that no snapshot could have
   */
  static AdoptionSource find(Device device, Optional<String> root) throws IOException {
    BytePath path = below(device.isRunning() ? rootMount().root() : root.orElseThrow());
    Dir tree = openSubvolume(device, path, "--root " + root.orElse("/"));
    Map<BytePath, Dir> elsewhere = new HashMap<>();
    boolean found = false;
    try {
      for (Layout.Shared shared : Layout.SHARED) {
        Optional<BytePath> mounted =
            device.isRunning()
                ? mounted(shared.directory())
                : byFstab(device, tree, shared.directory());
        if (mounted.isPresent()) {
          String what = "/" + shared.directory();
          elsewhere.put(shared.directory(), openSubvolume(device, mounted.get(), what));
        }
      }
      found = true;
      return new AdoptionSource(path, new ForeignSystem(tree, elsewhere));
    } finally {
      if (!found) {
        tree.close();
        elsewhere.values().forEach(Dir::close);
      }
    }
  }

  /** The mount of the root that runs. */
  static MountEntry rootMount() throws IOException {
    return last(Mounts.mounted(), "/")
        .orElseThrow(() -> new DeviceException("/proc/self/mountinfo shows no mount at /"));
  }

  private static Optional<MountEntry> last(List<MountEntry> mounts, String place) {
    return mounts.stream()
        .filter(m -> m.mountPoint().equals(place) && !m.fsType().equals("autofs"))
        .max(Comparator.comparingInt(MountEntry::id));
  }

  private static BytePath below(String path) {
    String relative = path.replaceAll("^/+|/+$", "");
    return relative.isEmpty() ? BytePath.ROOT : BytePath.of(relative);
  }

  private static Dir openSubvolume(Device device, BytePath path, String what) throws IOException {
    Dir dir;
    try {
      dir = device.top().openDir(path);
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
        throw new DeviceException(
            "%s: %s has no subvolume %s. Nothing was changed; `btrfs subvolume list` shows those that"
                    .formatted(what, device.name(), path)
                + " there are");
      }
      throw e;
    }
    if (!Btrfs.isSubvolume(dir)) {
      dir.close();
      throw new DeviceException(
          "%s: %s is a plain directory, and only of a subvolume can a snapshot be made. Nothing was"
                  .formatted(what, path)
              + " changed; make it one, with what it has in it");
    }
    return dir;
  }

  private static Optional<BytePath> mounted(BytePath directory) throws IOException {
    Optional<MountEntry> mount = last(Mounts.mounted(), "/" + directory);
    if (mount.isEmpty()) {
      return Optional.empty();
    }
    MountEntry root = rootMount();
    boolean same =
        mount.get().fsType().equals("btrfs")
            && mount.get().major() == root.major()
            && mount.get().minor() == root.minor();
    if (!same) {
      throw otherFileSystem(directory, mount.get().source());
    }
    return Optional.of(below(mount.get().root()));
  }

  private static Optional<BytePath> byFstab(Device device, Dir tree, BytePath directory)
      throws IOException {
    if (tree.find(ETC).filter(status -> status.type() == FileType.DIRECTORY).isEmpty()) {
      return Optional.empty();
    }
    List<FstabLine> lines;
    try (Dir etc = tree.openDir(ETC)) {
      lines = FstabLine.read(etc);
    }
    List<String> own = new ArrayList<>();
    own.add("UUID=" + Btrfs.fileSystemId(device.top()));
    lines.stream().filter(line -> line.place().equals("/")).forEach(line -> own.add(line.source()));
    Optional<FstabLine> mount =
        lines.stream().filter(line -> line.place().equals("/" + directory)).findFirst();
    if (mount.isEmpty()) {
      return Optional.empty();
    }
    if (!own.contains(mount.get().source()) || mount.get().subvolume().isEmpty()) {
      throw otherFileSystem(directory, mount.get().source());
    }
    return mount.get().subvolume().map(AdoptionSource::below);
  }

  private static DeviceException otherFileSystem(BytePath directory, String source) {
    return new DeviceException(
        ("/%s is mounted from %s, and not from a subvolume of the root's btrfs that is known by name:"
                + " a subvolume that all snapshots share would be mounted over it. Nothing was"
                + " changed; move its content into the root's btrfs, or mount it somewhere else, with"
                + " a link in /%s to it")
            .formatted(directory, source, directory));
  }

  /** What it calls itself. */
  String name() throws IOException {
    for (String path : List.of("etc/os-release", "usr/lib/os-release")) {
      Optional<FileHandle> file = open(path);
      if (file.isPresent()) {
        try (FileHandle os = file.get()) {
          String text = new String(start(os, OS_RELEASE_LIMIT), StandardCharsets.UTF_8);
          String name = SystemFacts.assignments(text).getOrDefault("PRETTY_NAME", "");
          if (!name.isBlank()) {
            return name;
          }
        }
      }
    }
    return "system";
  }

  /** That of its programs, which a kernel of a larger one may run. */
  String architecture(boolean running) throws IOException {
    for (String program : SystemFacts.PROGRAMS) {
      Optional<FileHandle> file = open(program);
      if (file.isPresent()) {
        try (FileHandle elf = file.get()) {
          Optional<String> machine = SystemFacts.elfMachine(start(elf, SystemFacts.ELF_HEADER));
          if (machine.isPresent()) {
            return machine.get();
          }
        }
      }
    }
    if (running) {
      return Machine.architecture();
    }
    throw new DeviceException(
        ("%s has none of the programs that every system has one of, %s: that isn't the root of a"
                + " system. Nothing was changed; name its subvolume with --root")
            .formatted(system.root(), String.join(", ", SystemFacts.PROGRAMS)));
  }

  private Optional<FileHandle> open(String path) throws IOException {
    try {
      FileHandle file = system.root().openFileInRoot(BytePath.of(path));
      if (file.status().type() == FileType.REGULAR) {
        return Optional.of(file);
      }
      file.close();
      return Optional.empty();
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static byte[] start(FileHandle file, int limit) throws IOException {
    int size = (int) Math.min(limit, file.status().size());
    ByteBuffer buffer = ByteBuffer.allocateDirect(Math.max(size, 1)).limit(size);
    file.readFully(buffer, 0);
    byte[] bytes = new byte[size];
    buffer.flip().get(bytes);
    return bytes;
  }

  /** How the system's settings are read. */
  interface EtcReader<T> {
    T read(Dir etc) throws IOException;
  }

  /** Reads something of its /etc. */
  <T> T etc(EtcReader<T> reader) throws IOException {
    try (Dir etc = system.root().openDir(ETC)) {
      return reader.read(etc);
    }
  }

  @Override
  public void close() {
    system.close();
  }
}

package dev.tiu.boot.initrd;

import dev.tiu.boot.initrd.InitrdGenerator.Coverage;
import dev.tiu.boot.kernel.Kernel;
import dev.tiu.boot.kernel.Kernels;
import dev.tiu.boot.testing.DebianSystem;
import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A disk with a sealed snapshot of Debian ({@code root}), whose /etc can be written, and a
 * directory for what is kept with it ({@code tiu}).
 */
record SealedDebian(BtrfsDisk disk, Dir top, Dir root, Dir kept, Kernel kernel)
    implements AutoCloseable {
  static final Instant TIME = Instant.ofEpochSecond(1_760_000_000);

  private static final BytePath ROOT = BytePath.of("root");
  private static final BytePath KEPT = BytePath.of("tiu");

  static SealedDebian make() throws IOException {
    BtrfsDisk disk = BtrfsDisk.create(2L << 30);
    Dir top = Dir.open(disk.mountPoint());
    Btrfs.createSubvolume(top, ROOT);
    Btrfs.createSubvolume(top, BytePath.of("root/etc"));
    top.makeDir(KEPT, 0700);
    Dir root = top.openDir(ROOT);
    DebianSystem.unpack(disk.mountPoint().resolve("root"));
    Btrfs.setAccess(root, Access.READ_ONLY);
    Kernel kernel = Kernels.find(root).toBoot(Optional.empty()).get(0);
    return new SealedDebian(disk, top, root, top.openDir(KEPT), kernel);
  }

  /** For any host, with no trial to count and no watchdog to feed. */
  static InitrdSettings settings(Optional<InitrdGenerator> generator) {
    return settings(generator, InitrdSettings.Trials.COUNTED_ELSEWHERE);
  }

  static InitrdSettings settings(
      Optional<InitrdGenerator> generator, InitrdSettings.Trials trials) {
    return new InitrdSettings(
        generator, Coverage.ANY_HOST, InitrdSettings.DEFAULT_TIME_LIMIT, TIME, trials, List.of());
  }

  InitrdMaker maker(InitrdSettings settings) {
    return new InitrdMaker(root, kept, settings);
  }

  Initrd make(InitrdMaker maker) throws IOException {
    return maker.make(kernel, InitrdPolicy.REGENERATE).orElseThrow();
  }

  /** A file of the system's. */
  Path inRoot(String path) {
    return disk.mountPoint().resolve("root").resolve(path);
  }

  Path initrd() {
    return disk.mountPoint().resolve("tiu/initrd-" + kernel.version());
  }

  byte[] remade(InitrdMaker maker) throws IOException {
    Initrd unused = make(maker);
    return Files.readAllBytes(initrd());
  }

  /** What the initrd has in it, as tiu reads it. */
  Set<String> paths(Initrd initrd) throws IOException {
    try (FileHandle file = kept.openFile(initrd.path())) {
      return InitrdContent.read(file.stream()).paths();
    }
  }

  String log() throws IOException {
    return Files.readString(Path.of(initrd() + ".log"));
  }

  @Override
  public void close() throws IOException {
    kept.close();
    root.close();
    top.close();
    disk.close();
  }
}

package dev.tiu.etcmerge;

import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Three versions of /etc on a btrfs disk, and what lies outside of them.
 *
 * <pre>
 * base/ local/ image/      subvolumes
 * result/                  snapshot of local, made by {@link #merge}
 * outside/secret           must never be touched
 * </pre>
 */
final class EtcDisk implements AutoCloseable {
  static final BytePath OUTSIDE = BytePath.of("outside");
  private static final BytePath SECRET = BytePath.of("outside/secret");
  private static final BytePath RESULT = BytePath.of("result");
  private static final List<String> TREES = List.of("base", "local", "image");

  final BtrfsDisk disk;
  final Dir top;
  final Dir base;
  final Dir local;
  final Dir image;
  Dir result;

  private EtcDisk(BtrfsDisk disk, Dir top) throws IOException {
    this.disk = disk;
    this.top = top;
    for (String tree : TREES) {
      Btrfs.createSubvolume(top, BytePath.of(tree));
      top.setMode(BytePath.of(tree), 0755);
    }
    Item.directory().put(top, OUTSIDE);
    Item.file("secret").put(top, SECRET);
    this.base = top.openDir(BytePath.of("base"));
    this.local = top.openDir(BytePath.of("local"));
    this.image = top.openDir(BytePath.of("image"));
    this.result = local.openDir(BytePath.ROOT);
  }

  static EtcDisk create() throws IOException {
    BtrfsDisk disk = BtrfsDisk.create(128 << 20);
    return new EtcDisk(disk, Dir.open(disk.mountPoint()));
  }

  /** The same in all three. */
  void everywhere(String path, Item item) throws IOException {
    for (Dir tree : List.of(base, local, image)) {
      item.put(tree, BytePath.of(path));
    }
  }

  /** Makes result a snapshot of local, and merges into it. */
  MergeReport merge() throws IOException {
    return merge(MergeSettings.DEFAULT);
  }

  MergeReport merge(MergeSettings settings) throws IOException {
    result.close();
    if (top.find(RESULT).isPresent()) {
      top.removeTree(RESULT);
    }
    Btrfs.snapshot(local, top, RESULT, Access.WRITABLE);
    result = top.openDir(RESULT);
    return EtcMerge.merge(base, image, result, settings);
  }

  /** Makes a path of the device's immutable. */
  void lock(String path) throws IOException {
    Command.of("chattr", "+i", path("local").resolve(path).toString()).run();
  }

  void unlock(String path) throws IOException {
    for (String tree : List.of("local", "result")) {
      Command.of("chattr", "-i", path(tree).resolve(path).toString()).run();
    }
  }

  Path path(String tree) {
    return disk.mountPoint().resolve(tree);
  }

  @Override
  public void close() throws IOException {
    for (Dir dir : List.of(base, local, image, result, top)) {
      dir.close();
    }
    disk.close();
  }
}

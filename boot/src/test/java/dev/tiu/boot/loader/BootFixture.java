package dev.tiu.boot.loader;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A directory in a boot partition's place, and one with the files of snapshots. */
final class BootFixture implements AutoCloseable {
  static final String ARGUMENTS = "root=UUID=1-2 rootflags=subvol=@/.snapshots/%d/snapshot quiet";

  final Path boot;
  final Dir partition;
  private final Path files;
  private final Dir source;
  private String initrdStart = "";

  BootFixture(Path directory) throws IOException {
    this.boot = Files.createDirectory(directory.resolve("boot"));
    this.files = Files.createDirectory(directory.resolve("files"));
    this.partition = Dir.open(boot);
    this.source = Dir.open(files);
  }

  /** Has initrds begin so. */
  void beginInitrds(String start) {
    initrdStart = start;
  }

  /** An entry whose kernel and initrd have that content. */
  BootEntry entry(int number, String content) {
    return entry(number, content, ARGUMENTS.formatted(number));
  }

  BootEntry entry(int number, String content, String arguments) {
    List<BootFile> all = new ArrayList<>();
    all.add(file("linux", "kernel " + content));
    all.add(file("initrd", "initrd " + content));
    // What a Raspberry Pi's firmware looks for.
    all.add(file("kernel8.img", "kernel " + content));
    all.add(file("initramfs8", initrdStart + "initrd " + content));
    all.add(file("bcm2711-rpi-4-b.dtb", "tree"));
    all.add(file("overlays/vc4.dtbo", "overlay"));
    return new BootEntry(number, "System " + content, all, arguments);
  }

  BootFile file(String name, String content) {
    String stored = name.replace('/', '-') + "-" + content.replaceAll("[^a-z0-9]", "-");
    stored = stored.substring(Math.max(0, stored.length() - 100));
    try {
      Files.writeString(files.resolve(stored), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new BootFile(BytePath.of(name), source, BytePath.of(stored));
  }

  /** Every file of the partition with its content, by path. */
  Map<String, String> everything() throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(boot)) {
      for (Path path : walk.filter(Files::isRegularFile).toList()) {
        String content =
            new String(Files.readAllBytes(path), java.nio.charset.StandardCharsets.ISO_8859_1);
        all.put(boot.relativize(path).toString(), content);
      }
    }
    return all;
  }

  /** The directories of files, by name. */
  List<String> sets() throws IOException {
    try (Stream<Path> list = Files.list(boot.resolve("tiu"))) {
      return list.map(p -> p.getFileName().toString())
          .filter(name -> name.matches("[0-9a-f]{16}"))
          .sorted()
          .toList();
    }
  }

  @Override
  public void close() {
    partition.close();
    source.close();
  }
}

package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.boot.loader.BootLoaders;
import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.boot.loader.LoaderState;
import dev.tiu.boot.loader.LoaderState.Trial;
import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.linux.Access;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.LoopDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What systemd-boot and tiu would find on a disk that lost its power after one flush.
 *
 * @param trial 0 if no snapshot would be tried
 * @param triesLeft boots of it that may still be begun
 * @param states by number, without what a btrfs would replay from its log
 */
record DiskAtFlush(int isDefault, int trial, int triesLeft, Map<Integer, String> states) {
  private static final Pattern SUBVOLUME =
      Pattern.compile("rootflags=subvol=(@/\\.snapshots/\\d+/snapshot)");
  private static final Pattern FILE = Pattern.compile("(?m)^(linux|initrd) /(tiu/\\S+)$");
  private static final Pattern STATE =
      Pattern.compile("<key>tiu-state</key>\\s*<value>([a-z]+)</value>");

  /**
   * Reads it, and requires that the btrfs is sound, and that what the loader starts is whole and
   * has its snapshot.
   *
   * @param raw the disk, which isn't changed
   * @param layout of the disk that it began as
   * @param directory for copies of its files
   */
  static DiskAtFlush check(Path raw, BaseDisk layout, Path directory) throws IOException {
    Path fat = directory.resolve("fat");
    Command.of("rm", "-rf", fat.toString()).run();
    Files.createDirectory(fat);
    String partition = raw + "@@" + layout.boot().offset();
    Command.of("mcopy", "-s", "-n", "-Q", "-i", partition, "::/loader", "::/tiu", fat.toString())
        .run();
    try (LoopDevice device =
        LoopDevice.attach(raw, Access.READ_ONLY, layout.root().offset(), layout.root().size())) {
      Command.of("btrfs", "check", "--readonly", device.path().toString()).run();
      Path top = Files.createDirectories(directory.resolve("top"));
      // As a start of the machine would find it, but for what it would replay.
      Command.of("mount", "-o", "ro,subvolid=5,rescue=nologreplay", "" + device.path(), "" + top)
          .run();
      try {
        return check(fat, top);
      } finally {
        Command.of("umount", top.toString()).run();
      }
    }
  }

  private static DiskAtFlush check(Path fat, Path top) throws IOException {
    try (Dir partition = Dir.open(fat)) {
      LoaderState state =
          new BootLoaders(partition, false, Optional.empty()).of(Kind.SYSTEMD_BOOT).state();
      int isDefault = state.isDefault().orElseThrow();
      requireStarts(fat, top, isDefault);
      Optional<Trial> trial = state.trial().filter(t -> t.triesLeft() > 0);
      int number = trial.map(Trial::number).orElse(0);
      if (number != 0) {
        requireStarts(fat, top, number);
      }
      return new DiskAtFlush(isDefault, number, trial.map(Trial::triesLeft).orElse(0), states(top));
    }
  }

  private static Map<Integer, String> states(Path top) throws IOException {
    Map<Integer, String> states = new TreeMap<>();
    try (var all = Files.newDirectoryStream(top.resolve("@/.snapshots"), "[0-9]*")) {
      for (Path place : all) {
        Path info = place.resolve("info.xml");
        Matcher state = STATE.matcher(Files.exists(info) ? Files.readString(info) : "");
        states.put(
            Integer.parseInt(place.getFileName().toString()),
            state.find() ? state.group(1) : "nothing");
      }
    }
    return states;
  }

  private static void requireStarts(Path fat, Path top, int number) throws IOException {
    String entry = entry(fat, number);
    Matcher file = FILE.matcher(entry);
    int files = 0;
    while (file.find()) {
      requireAsListed(fat.resolve(file.group(2)));
      files++;
    }
    assertThat(files).as("kernel and initrd of " + entry).isEqualTo(2);
    Matcher subvolume = SUBVOLUME.matcher(entry);
    assertThat(subvolume.find()).isTrue();
    Path root = top.resolve(subvolume.group(1));
    assertThat(root.resolve("usr/lib/os-release")).isNotEmptyFile();
    assertThat(root.resolve("etc/fstab")).isNotEmptyFile();
    assertThat(Files.readString(root.resolve("../info.xml").normalize()))
        .doesNotContain("<value>building</value>");
  }

  private static String entry(Path fat, int number) throws IOException {
    try (var list = Files.list(fat.resolve("loader/entries"))) {
      Path found =
          list.filter(f -> f.getFileName().toString().matches("tiu-" + number + "[.+].*"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no entry of snapshot " + number));
      return Files.readString(found);
    }
  }

  /** By the listing beside it: {@code DIGEST SIZE NAME}. */
  private static void requireAsListed(Path file) throws IOException {
    String listing = Files.readString(file.resolveSibling("tiu-set"));
    String sum = Command.of("sha256sum", file.toString()).run().text().substring(0, 64);
    assertThat(listing).contains("%s %d %s\n".formatted(sum, Files.size(file), file.getFileName()));
  }
}

package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What snapshots the boot partition has all for, whatever the boot loader: {@code tiu/entries/N},
 * lines of {@code key=value} that U-Boot reads as well. It is what counts which sets of files are
 * used.
 */
final class Entries {
  private static final BytePath PLACE = BootSets.PLACE.resolve("entries");
  private static final int LIMIT = 16 << 10;

  private final Dir partition;

  Entries(Dir partition) {
    this.partition = partition;
  }

  /**
   * An entry as it is published.
   *
   * @param set the directory of its files; empty if they aren't on the boot partition
   * @param inPlace where they are then
   * @param hasInitrd whether {@code initrd} is among them
   * @param hasDeviceTrees whether {@code dtbs/} is
   */
  record Entry(
      int number,
      String title,
      String set,
      boolean hasInitrd,
      boolean hasDeviceTrees,
      String arguments,
      Optional<InPlace> inPlace) {

    static Entry of(BootEntry entry, String set) {
      return new Entry(
          entry.number(),
          entry.title(),
          set,
          entry.has(BootFile.INITRD),
          entry.hasBelow(BootFile.DEVICE_TREES),
          entry.arguments(),
          entry.inPlace());
    }

    /** The directory of its files, absolute on the partition. */
    String directory() {
      return "/" + BootSets.PLACE + "/" + set;
    }

    private String text() {
      return "tiu_title=%s\ntiu_set=%s\ntiu_initrd=%s\ntiu_dtbs=%s\n%stiu_args=%s\n"
          .formatted(
              title,
              set,
              hasInitrd ? "yes" : "",
              hasDeviceTrees ? "yes" : "",
              inPlace.map(Entry::text).orElse(""),
              arguments);
    }

    private static String text(InPlace there) {
      return "tiu_btrfs=%s\ntiu_btrfs_linux=%s\ntiu_btrfs_initrd=%s\n"
          .formatted(
              there.fileSystem(),
              there.kernel(),
              there.initrd().map(BytePath::toString).orElse(""));
    }

    private static Optional<InPlace> inPlace(Map<String, String> values) {
      String initrd = values.getOrDefault("tiu_btrfs_initrd", "");
      return Optional.ofNullable(values.get("tiu_btrfs"))
          .map(
              uuid ->
                  new InPlace(
                      UUID.fromString(uuid),
                      BytePath.of(values.getOrDefault("tiu_btrfs_linux", "")),
                      initrd.isEmpty() ? Optional.empty() : Optional.of(BytePath.of(initrd))));
    }

    private static Optional<Entry> parse(int number, String text) {
      Map<String, String> values = new LinkedHashMap<>();
      for (String line : text.lines().toList()) {
        int equals = line.indexOf('=');
        if (equals > 0) {
          values.put(line.substring(0, equals), line.substring(equals + 1));
        }
      }
      Optional<InPlace> inPlace;
      try {
        inPlace = inPlace(values);
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
      // The last line is there only if all are.
      return Optional.ofNullable(values.get("tiu_args"))
          .map(
              arguments ->
                  new Entry(
                      number,
                      values.getOrDefault("tiu_title", ""),
                      values.getOrDefault("tiu_set", ""),
                      values.getOrDefault("tiu_initrd", "").equals("yes"),
                      values.getOrDefault("tiu_dtbs", "").equals("yes"),
                      arguments,
                      inPlace));
    }
  }

  /** All, by number; a file that isn't one is no entry. */
  SortedMap<Integer, Entry> all() throws IOException {
    SortedMap<Integer, Entry> entries = new TreeMap<>();
    if (partition.find(PLACE).isEmpty()) {
      return entries;
    }
    try (Dir place = partition.openDir(PLACE)) {
      for (DirEntry entry : place.list()) {
        String name = entry.name().toString();
        if (entry.type() == FileType.REGULAR && name.matches("[1-9][0-9]{0,8}")) {
          int number = Integer.parseInt(name);
          Entry.parse(number, new String(place.readAll(entry.name(), LIMIT), UTF_8))
              .ifPresent(parsed -> entries.put(number, parsed));
        }
      }
    }
    return entries;
  }

  Optional<Entry> find(int number) throws IOException {
    byte[] content = FatFiles.read(partition, path(number), LIMIT);
    return Entry.parse(number, new String(content, UTF_8));
  }

  void write(Entry entry) throws IOException {
    FatFiles.makeDirs(partition, PLACE);
    FatFiles.replace(partition, path(entry.number()), entry.text().getBytes(UTF_8));
  }

  void remove(int number) throws IOException {
    if (partition.removeIfThere(path(number))) {
      FatFiles.sync(partition, PLACE);
    }
  }

  /** The sets of files that entries need. */
  Set<String> sets() throws IOException {
    Set<String> sets = new HashSet<>();
    all().values().stream().map(Entry::set).filter(set -> !set.isEmpty()).forEach(sets::add);
    return sets;
  }

  private static BytePath path(int number) {
    return PLACE.resolve(Integer.toString(number));
  }
}

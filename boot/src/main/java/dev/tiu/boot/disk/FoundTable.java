package dev.tiu.boot.disk;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The partition table that a disk has, as {@code sfdisk --dump} prints it (sfdisk(8), "Input
 * formats", "Named-fields format").
 *
 * @param sectorSize in bytes
 * @param partitions in the order of their place on the disk
 */
record FoundTable(PartitionTable kind, int sectorSize, List<Entry> partitions) {
  /** One partition; start and size in sectors. */
  record Entry(int number, long start, long sectors) {
    long end() {
      return start + sectors;
    }
  }

  /** {@code /dev/mmcblk0p2 : start= 1056768, size= 14680064, type=83}. */
  private static final Pattern ENTRY =
      Pattern.compile("^.*?(\\d+) : start= *(\\d+), size= *(\\d+),");

  private static final Pattern HEADER = Pattern.compile("^(label|sector-size): (\\S+)$");

  static FoundTable parse(Path disk, String dump) throws GrowException {
    String label = "";
    int sectorSize = 512;
    List<Entry> entries = new ArrayList<>();
    for (String line : dump.lines().toList()) {
      Matcher header = HEADER.matcher(line);
      Matcher entry = ENTRY.matcher(line);
      if (header.matches()) {
        if (header.group(1).equals("label")) {
          label = header.group(2);
        } else {
          sectorSize = Integer.parseInt(header.group(2));
        }
      } else if (entry.lookingAt()) {
        entries.add(
            new Entry(
                Integer.parseInt(entry.group(1)),
                Long.parseLong(entry.group(2)),
                Long.parseLong(entry.group(3))));
      }
    }
    if (entries.isEmpty()) {
      throw new GrowException(disk + " has a partition table without partitions");
    }
    entries.sort(Comparator.comparingLong(Entry::start));
    return new FoundTable(kind(disk, label), sectorSize, List.copyOf(entries));
  }

  private static PartitionTable kind(Path disk, String label) throws GrowException {
    return switch (label) {
      case "gpt" -> PartitionTable.GPT;
      case "dos" -> PartitionTable.MBR;
      default ->
          throw new GrowException(
              "%s has a partition table of kind '%s'; only gpt and dos can be grown"
                  .formatted(disk, label));
    };
  }

  /** The one with nothing after it. */
  Entry last() {
    return partitions.get(partitions.size() - 1);
  }
}

package dev.tiu.e2e.pi;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A card as the firmware sees it.
 *
 * @param gpt whether its partition table is a GPT and not an MBR
 * @param partitions by number; those that are no FAT are empty
 */
record PiCard(boolean gpt, SortedMap<Integer, Optional<BootFiles>> partitions) {
  static PiCard of(boolean gpt, Map<Integer, Optional<BootFiles>> partitions) {
    return new PiCard(gpt, new TreeMap<>(partitions));
  }

  Optional<BootFiles> fat(int number) {
    return partitions.getOrDefault(number, Optional.empty());
  }

  /** The first that is a FAT, which is where autoboot.txt is looked for. */
  Optional<BootFiles> firstFat() {
    return partitions.values().stream().flatMap(Optional::stream).findFirst();
  }
}

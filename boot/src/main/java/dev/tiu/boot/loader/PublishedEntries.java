package dev.tiu.boot.loader;

import dev.tiu.boot.BootException;
import dev.tiu.boot.loader.Entries.Entry;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * What all boot loaders have in common: entries with their files on the boot partition. What offers
 * them to a person and what decides which one boots is each loader's own.
 *
 * <p>The order of a publication: files, their listing, the entry, what the loader reads of it.
 * Taking away goes the other way.
 */
abstract class PublishedEntries implements BootLoader {
  static final String NOT_ON_TRIAL = "Nothing is on trial.";

  private final Dir partition;
  private final BootSets sets;
  private final Entries entries;

  PublishedEntries(Dir partition) {
    this.partition = partition;
    this.sets = new BootSets(partition);
    this.entries = new Entries(partition);
  }

  /** What the loader decides by. */
  abstract LoaderState decision() throws IOException;

  /** Makes what the loader reads of the entries fit them. */
  abstract void offer(SortedMap<Integer, Entry> all) throws IOException;

  /** Has a published snapshot tried; never the default. */
  abstract void armPublished(Entry entry, int tries) throws IOException;

  /** Makes a published snapshot the default. */
  abstract void switchTo(Entry entry) throws IOException;

  /** Whether a snapshot may not be changed or taken away. */
  boolean needs(LoaderState state, int number) throws IOException {
    return state.needs(number);
  }

  /** Checks what a loader needs of an entry. */
  void requireUsable(BootEntry entry) throws IOException {
    requireCopied(entry);
    if (!entry.has(BootFile.KERNEL)) {
      throw new BootException(
          "Snapshot %d has no kernel, so %s can't boot it".formatted(entry.number(), name()),
          FatFiles.AS_IT_WAS,
          "Make the image with a kernel.");
    }
  }

  /** For a loader that isn't a program of EFI's. */
  final void requireStartableWithoutEfi(BootEntry entry, List<String> kernels) throws IOException {
    for (BootFile file : entry.files()) {
      if (kernels.contains(file.name().toString())) {
        ZbootKernel.refuse(entry.number(), file, name());
      }
    }
  }

  /** For a loader that reads its boot partition and nothing else. */
  final void requireCopied(BootEntry entry) throws BootException {
    if (entry.inPlace().isPresent()) {
      throw new BootException(
          "Kernels are to stay on the btrfs, and %s doesn't read that".formatted(name()),
          FatFiles.AS_IT_WAS,
          "Take [boot] kernels out of /etc/tiu/tiu.toml: only GRUB can do with it.");
    }
  }

  /**
   * Writes what the loader reads of an entry. That of one which boots, or is on trial, stays as it
   * is, also where an earlier tiu wrote it otherwise: a rename on a FAT isn't atomic.
   */
  final void put(LoaderState state, Entry entry, BytePath path, byte[] content) throws IOException {
    boolean isThere = partition.find(path).filter(status -> status.size() > 0).isPresent();
    if (!isThere || !needs(state, entry.number())) {
      FatFiles.replace(partition, path, content);
    }
  }

  /** All that is published, by number. */
  final SortedMap<Integer, Entry> published() throws IOException {
    return entries.all();
  }

  final Dir partition() {
    return partition;
  }

  @Override
  public final LoaderState state() throws IOException {
    LoaderState decision = decision();
    return new LoaderState(
        new TreeSet<>(published().keySet()), decision.isDefault(), decision.trial());
  }

  @Override
  public final void publish(BootEntry entry) throws IOException {
    requireUsable(entry);
    String set = entry.inPlace().isPresent() ? "" : sets.publish(entry.files());
    Entry published = Entry.of(entry, set);
    Optional<Entry> there = entries.find(entry.number());
    if (there.isPresent() && !there.get().equals(published) && needs(decision(), entry.number())) {
      throw new BootException(
          "Snapshot %d is what boots, or is on trial: its boot files can't be replaced now"
              .formatted(entry.number()),
          FatFiles.AS_IT_WAS,
          "Boot another snapshot first.");
    }
    entries.write(published);
    offer(published());
    if (there.filter(before -> !before.set().equals(set)).isPresent()) {
      sweep();
    }
  }

  @Override
  public final void arm(int number, int tries) throws IOException {
    if (tries < 1 || tries > 9) {
      throw new IllegalArgumentException(tries + " tries");
    }
    Entry entry = require(number);
    LoaderState before = decision();
    if (before.isDefault().isEmpty()) {
      throw new BootException(
          name() + " has no default to go back to", NOT_ON_TRIAL, "Make a snapshot the default.");
    }
    if (before.isDefault().getAsInt() == number) {
      throw new BootException(
          "Snapshot %d is the default, which can't be on trial".formatted(number),
          NOT_ON_TRIAL,
          "Make another one the default first.");
    }
    disarm();
    armPublished(entry, tries);
  }

  @Override
  public final void makeDefault(int number) throws IOException {
    switchTo(require(number));
    offer(published());
  }

  final Entry require(int number) throws IOException {
    Optional<Entry> entry = entries.find(number);
    if (entry.isEmpty()) {
      throw new BootException(
          "The boot partition has no files of snapshot %d".formatted(number),
          FatFiles.AS_IT_WAS,
          "They have to be published first.");
    }
    return entry.get();
  }

  @Override
  public final void retract(Set<Integer> numbers) throws IOException {
    LoaderState state = decision();
    for (int number : numbers) {
      if (needs(state, number)) {
        throw new BootException(
            "Snapshot %d is what boots, or is on trial: it keeps its boot files".formatted(number),
            FatFiles.AS_IT_WAS,
            "Boot another snapshot first.");
      }
    }
    SortedMap<Integer, Entry> left = published();
    left.keySet().removeAll(numbers);
    offer(left);
    for (int number : numbers) {
      entries.remove(number);
    }
    sweep();
  }

  /** Removes files that no entry has: of what was cut off, or retracted. */
  final void sweep() throws IOException {
    sets.sweep(entries.sets());
  }

  @Override
  public final boolean has(BootEntry entry) throws IOException {
    return entries
            .find(entry.number())
            .equals(Optional.of(Entry.of(entry, BootSets.name(entry.files()))))
        && sets.has(entry.files());
  }

  @Override
  public final long missingBytes(BootEntry entry) throws IOException {
    List<BootFile> files = entry.files();
    if (entry.inPlace().isPresent() || sets.has(files)) {
      return 0;
    }
    sweep();
    return Math.max(0, BootSets.size(files) - partition.space().availableBytes());
  }
}

package dev.tiu.etcmerge;

import dev.tiu.etcmerge.MergeEntry.Outcome;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the parts of one merge share. */
final class MergeWork {
  private final TreeComparison comparison = new TreeComparison();
  private final List<MergeEntry> entries = new ArrayList<>();
  private final Beside beside;
  private final MergeSettings settings;

  /** Of what is taken as a whole, so that the image's hard links are links again. */
  private final TreeCopy taken;

  MergeWork(MergeSettings settings, Dir result) {
    this.settings = settings;
    this.beside = new Beside(comparison, settings.later());
    this.taken = new TreeCopy(result);
  }

  MergeSettings settings() {
    return settings;
  }

  TreeComparison comparison() {
    return comparison;
  }

  /** Copies the image's version to where there is nothing now. */
  void copyImage(Versions versions) throws IOException {
    EtcEntry image = versions.image().orElseThrow();
    taken.copyInto(image.parent(), image.name(), versions.level().result(), versions.path());
  }

  /** Puts the image's version beside the live one; gives its path. */
  BytePath putBeside(Versions versions) throws IOException {
    return versions.level().path().resolve(beside.keep(versions));
  }

  /** Moves the live version beside its place; gives its path. */
  BytePath setAside(Versions versions) throws IOException {
    return versions.level().path().resolve(beside.setAside(versions));
  }

  void add(Versions versions, Outcome outcome) {
    add(MergeEntry.of(versions.path(), outcome));
  }

  void add(MergeEntry entry) {
    entries.add(entry);
  }

  /** What was done so far. */
  List<MergeEntry> entries() {
    return List.copyOf(entries);
  }

  void replace(MergeEntry entry, MergeEntry other) {
    entries.set(entries.indexOf(entry), other);
  }

  boolean has(BytePath path, Outcome outcome) {
    return entries.stream()
        .anyMatch(entry -> entry.outcome() == outcome && entry.path().equals(path));
  }

  /** Whether something below that path fared so. */
  boolean hasBelow(BytePath directory, Outcome outcome) {
    return entries.stream()
        .anyMatch(entry -> entry.outcome() == outcome && entry.path().startsWith(directory));
  }

  MergeReport report() {
    return new MergeReport(entries);
  }
}

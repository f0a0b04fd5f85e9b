package dev.tiu.snapshot;

import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All that makes one tree into another, in the order in which it is done.
 *
 * <p>Directories get their metadata last and the deepest first, because what is done inside one
 * moves its modification time.
 */
public record Plan(
    List<Step.MakeDirectory> directories,
    List<Step.Remove> removals,
    List<Step.WriteFile> writes,
    List<Step.PatchFile> patches,
    List<Step.CloneFile> clones,
    List<Step.LinkFile> links,
    List<Step.MakeSpecial> specials,
    List<Step.SetMetadata> metadata,
    List<Step.SetMetadata> directoryMetadata) {

  /** Does nothing. */
  static final Plan NOTHING =
      new Plan(
          List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
          List.of());

  /** What a new inode, its name and its items cost at most in btrfs's trees, both copies. */
  private static final long METADATA_PER_FILE = 1024;

  private static final long BLOCK = 4096;

  public Plan {
    directories = List.copyOf(directories);
    removals = List.copyOf(removals);
    writes = List.copyOf(writes);
    patches = List.copyOf(patches);
    clones = List.copyOf(clones);
    links = List.copyOf(links);
    specials = List.copyOf(specials);
    metadata = List.copyOf(metadata);
    directoryMetadata = List.copyOf(directoryMetadata);
  }

  /** Every step, in order. */
  public Stream<Step> steps() {
    return Stream.of(
            directories,
            removals,
            writes,
            patches,
            clones,
            links,
            specials,
            metadata,
            directoryMetadata)
        .flatMap(List::stream);
  }

  /** Every path with a step, and the directories above it. */
  Set<BytePath> touched() {
    Set<BytePath> touched = new HashSet<>();
    steps()
        .forEach(
            step -> {
              BytePath path = step.path();
              while (touched.add(path) && !path.isRoot()) {
                path = path.parent();
              }
            });
    return touched;
  }

  /** Whether the tree already is what it should become. */
  public boolean isEmpty() {
    return steps().findAny().isEmpty();
  }

  /** Every file whose content is written, whichever way. */
  private Stream<Inode.RegularFile> written() {
    return Stream.concat(
        writes.stream().map(Step.WriteFile::inode), patches.stream().map(Step.PatchFile::inode));
  }

  /** How many files' content is written. */
  public int filesWritten() {
    return writes.size() + patches.size();
  }

  /** The same, with the whole content where this has patches. */
  Plan withoutPatches() {
    List<Step.WriteFile> whole = new ArrayList<>(writes);
    patches.forEach(step -> whole.add(new Step.WriteFile(step.path(), step.inode())));
    return new Plan(
        directories,
        removals,
        whole,
        List.of(),
        clones,
        links,
        specials,
        metadata,
        directoryMetadata);
  }

  /** Bytes of the patches that make files. */
  long patchBytes() {
    return patches.stream().mapToLong(step -> step.patch().stored().length()).sum();
  }

  /** Bytes of file content that are written. */
  public long contentBytes() {
    return written().mapToLong(Inode.RegularFile::size).sum();
  }

  /** Bytes that the disk must have free for it: whole blocks and an allowance for metadata. */
  public long diskBytes() {
    return written().mapToLong(Plan::roundUp).sum() + steps().count() * METADATA_PER_FILE;
  }

  private static long roundUp(Inode.RegularFile file) {
    return (file.size() + BLOCK - 1) / BLOCK * BLOCK;
  }
}

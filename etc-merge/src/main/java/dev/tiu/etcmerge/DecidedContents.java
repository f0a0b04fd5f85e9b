package dev.tiu.etcmerge;

import dev.tiu.etcmerge.MergeEntry.Outcome;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileMetadata;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files whose contents aren't merged here but come from elsewhere, because they belong together.
 *
 * <p>Owner, mode and xattrs are merged as everywhere. Where the device has something else than a
 * file, that stays.
 */
final class DecidedContents {
  private final Map<BytePath, byte[]> contents;

  DecidedContents(Map<BytePath, byte[]> contents) {
    this.contents = Map.copyOf(contents);
  }

  boolean has(BytePath path) {
    return contents.containsKey(path);
  }

  /** The names that there are to be in a directory. */
  List<BytePath> namesIn(BytePath directory) {
    return contents.keySet().stream()
        .filter(path -> path.parent().equals(directory))
        .map(BytePath::name)
        .toList();
  }

  /** Gives a file its content, and says what was done. */
  List<MergeEntry> merge(Versions versions) throws IOException {
    byte[] content = contents.getOrDefault(versions.path(), new byte[0]);
    Optional<EtcEntry> image = versions.image().filter(DecidedContents::isFile);
    if (versions.local().isEmpty()) {
      return image.isPresent() ? create(versions, content, image.get()) : List.of();
    }
    return isFile(versions.local().get()) ? change(versions, content) : List.of();
  }

  private static boolean isFile(EtcEntry entry) {
    return entry.status().type() == FileType.REGULAR;
  }

  private static List<MergeEntry> create(Versions versions, byte[] content, EtcEntry image)
      throws IOException {
    write(versions, content, image.metadata());
    if (image.hasContent(content)) {
      versions.takeImageTime();
    }
    return List.of(entry(versions, Outcome.ADDED));
  }

  private static List<MergeEntry> change(Versions versions, byte[] content) throws IOException {
    EtcEntry local = versions.local().orElseThrow();
    Optional<EtcEntry> image = versions.image().filter(shipped -> versions.mergeByPart());
    Optional<MetadataMerge> metadata =
        image.isPresent() ? Optional.of(MetadataMerge.of(versions)) : Optional.empty();
    boolean isShipped = image.isPresent() && image.get().hasContent(content);
    boolean sameContent = local.hasContent(content);
    boolean sameMetadata = metadata.filter(MetadataMerge::changesLocal).isEmpty();
    FileMetadata merged = metadata.isPresent() ? metadata.get().merged() : local.metadata();
    List<MergeEntry> entries = new ArrayList<>();
    if (!sameContent) {
      write(versions, content, merged);
      entries.add(entry(versions, Outcome.UPDATED));
    } else if (!sameMetadata) {
      if (local.hasOtherNames()) {
        write(versions, content, merged);
      } else {
        merged.applyTo(versions.level().result(), versions.name());
      }
      entries.add(entry(versions, Outcome.UPDATED_METADATA));
    }
    if (metadata.filter(MetadataMerge::isStricter).isPresent()) {
      entries.add(entry(versions, Outcome.STRICTER_MODE));
    }
    if (metadata.filter(MetadataMerge::isConflict).isPresent()) {
      entries.add(entry(versions, Outcome.KEPT_LOCAL_METADATA));
    }
    boolean hadShippedTime = versions.base().filter(local::hasTimeOf).isPresent();
    if (isShipped && (hadShippedTime || !sameContent)) {
      versions.takeImageTime();
    }
    return entries;
  }

  /** In a new inode: other names of the old one keep what they have. */
  private static void write(Versions versions, byte[] content, FileMetadata metadata)
      throws IOException {
    Dir result = versions.level().result();
    result.writeNew(versions.name(), content, 0600);
    metadata.applyTo(result, versions.name());
  }

  private static MergeEntry entry(Versions versions, Outcome outcome) {
    return MergeEntry.of(versions.path(), outcome);
  }
}

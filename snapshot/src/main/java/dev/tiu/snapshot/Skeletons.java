package dev.tiu.snapshot;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.FileSource;
import dev.tiu.bundle.Trust;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The skeletons of images that snapshots keep in {@code N/tiu}. */
public final class Skeletons {
  private static final BytePath PATH = Layout.FILES.resolve(Layout.SKELETON);

  /** What is being written; the name that counts follows when it is whole and on the disk. */
  private static final BytePath UNFINISHED = BytePath.of(".skeleton.tiu-tmp");

  private Skeletons() {}

  /**
   * Has the bundle take its description from a snapshot of the same image, half-built or whole, so
   * that it isn't fetched again.
   *
   * @return the snapshot's number; empty if there is none, or its skeleton isn't whole
   */
  public static OptionalInt describe(SnapshotStore store, ImageReference image, Bundle bundle)
      throws IOException {
    List<Snapshot> same =
        store.list().stream()
            .filter(
                s ->
                    s.info().image().map(ImageReference::id).filter(image.id()::equals).isPresent())
            .toList();
    for (Snapshot snapshot : same) {
      try (Dir place = store.open(snapshot.number())) {
        if (place.find(PATH).isPresent()
            && bundle.useSkeleton(FileSource.open(place.procPath(PATH)))) {
          return OptionalInt.of(snapshot.number());
        }
      }
    }
    return OptionalInt.empty();
  }

  /**
   * Writes a bundle's skeleton; a kill or a power cut leaves a whole one, or none.
   *
   * @param earlier a snapshot whose skeleton may be nearly the same: equal blocks are shared
   */
  static void write(Bundle bundle, Dir files, Optional<Dir> earlier) throws IOException {
    files.removeIfThere(UNFINISHED);
    try (FileHandle file = files.createFile(UNFINISHED, 0600)) {
      OptionalLong tableOffset =
          earlier.isPresent() ? tableOffset(earlier.get()) : OptionalLong.empty();
      if (tableOffset.isPresent()) {
        try (FileHandle other = earlier.orElseThrow().openFile(PATH)) {
          bundle.writeSkeleton(
              new SharingOutput(
                  file,
                  new SharingOutput.Earlier(other, tableOffset.getAsLong()),
                  bundle.manifest().contentTable().offset()));
        }
      } else {
        bundle.writeSkeleton(file::write);
      }
      file.sync();
    }
    files.rename(UNFINISHED, Layout.SKELETON);
    files.sync();
  }

  /** Where a skeleton's content table begins; empty if it is damaged, and so of no use. */
  private static OptionalLong tableOffset(Dir place) {
    try (Bundle skeleton =
        Bundle.openSkeleton(
            FileSource.open(place.procPath(PATH)), Trust.insecureWithoutSignature())) {
      return OptionalLong.of(skeleton.manifest().contentTable().offset());
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** Shares the skeleton that another snapshot has; says whether that has one. */
  static boolean share(Dir otherPlace, Dir files) throws IOException {
    if (otherPlace.find(PATH).isEmpty()) {
      return false;
    }
    files.removeIfThere(UNFINISHED);
    try (var source = otherPlace.openFile(PATH);
        var copy = files.createFile(UNFINISHED, 0600)) {
      copy.cloneFrom(source);
    }
    files.rename(UNFINISHED, Layout.SKELETON);
    return true;
  }
}

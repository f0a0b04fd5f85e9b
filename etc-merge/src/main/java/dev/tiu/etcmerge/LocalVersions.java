package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The device's versions, from its tree as it was before the merge. */
public final class LocalVersions implements Fallback {
  /**
   * What is where since a path fell back.
   *
   * @param beside the name that the merged version has, if there is one
   * @param parent what the directory was like before, for its time
   */
  private record Swap(Optional<BytePath> beside, FileStatus parent) {}

  private final Dir local;
  private final Dir image;
  private final Dir result;
  private final TreeComparison comparison = new TreeComparison();
  private final String suffix;
  private final Map<BytePath, Swap> swaps = new HashMap<>();

  /**
   * The handles stay the caller's.
   *
   * @param local the device's /etc
   * @param image /etc as the new image ships it
   * @param result what the merge made, changed in place
   */
  public LocalVersions(Dir local, Dir image, Dir result) {
    this(local, image, result, BesideName.NEW);
  }

  private LocalVersions(Dir local, Dir image, Dir result, String suffix) {
    this.local = local;
    this.image = image;
    this.result = result;
    this.suffix = suffix;
  }

  /**
   * Where edits that were made meanwhile are merged: see {@link MergeSettings.Later}.
   *
   * @param edited the tree that has them
   */
  public static LocalVersions beforeLater(Dir local, Dir edited, Dir result) {
    return new LocalVersions(local, edited, result, BesideName.ORIGINAL);
  }

  @Override
  public Optional<BytePath> toLocal(BytePath path) throws IOException {
    if (result.find(path.parent()).isEmpty()) {
      return Optional.empty(); // The merge has removed all around it, and says so.
    }
    BytePath name = path.name();
    try (Dir parent = result.openDir(path.parent())) {
      FileStatus before = parent.status(BytePath.ROOT);
      Optional<BytePath> beside = Optional.empty();
      if (parent.find(name).isPresent()) {
        BytePath free = freeName(parent, path);
        parent.rename(name, free);
        beside = Optional.of(free);
      }
      swaps.put(path, new Swap(beside, before));
      if (local.find(path).isPresent()) {
        try (Dir from = local.openDir(path.parent())) {
          TreeCopy.copy(from, name, parent, name);
        }
      }
      return beside.map(path.parent()::resolve);
    }
  }

  /** Not one that an image has: the next merge would take it for the image's. */
  private BytePath freeName(Dir parent, BytePath path) throws IOException {
    for (int attempt = 1; ; attempt++) {
      BytePath name = BesideName.of(path.name(), suffix, attempt);
      if (parent.find(name).isEmpty() && image.find(path.parent().resolve(name)).isEmpty()) {
        return name;
      }
    }
  }

  @Override
  public void toMerged(BytePath path) throws IOException {
    Swap swap = swaps.remove(path);
    if (swap == null) {
      return;
    }
    try (Dir parent = result.openDir(path.parent())) {
      parent.removeIfThere(path.name());
      if (swap.beside().isPresent()) {
        parent.rename(swap.beside().get(), path.name());
      }
      FileStatus before = swap.parent();
      parent.setModificationTime(BytePath.ROOT, before.mtimeSeconds(), before.mtimeNanos());
    }
  }

  @Override
  public boolean isImages(BytePath path) throws IOException {
    Optional<EtcEntry> live = EtcEntry.find(result, path);
    Optional<EtcEntry> shipped = EtcEntry.find(image, path);
    if (live.isEmpty() || shipped.isEmpty()) {
      return live.isEmpty() && shipped.isEmpty();
    }
    return live.get().isDirectory()
        ? comparison.sameTree(live.get(), shipped.get())
        : comparison.sameContent(live.get(), shipped.get());
  }
}

package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Puts the image's versions beside the live ones.
 *
 * <p>A name is taken if the admin may have made what is there, if an image has something of that
 * name, or if this merge used it already: names of 255 bytes are cut, so that two may want the same
 * one.
 */
final class Beside {
  private final TreeComparison comparison;
  private final Optional<MergeSettings.Later> later;
  private final Set<BytePath> used = new HashSet<>();

  /**
   * For one merge.
   *
   * @param later if what is put there are somebody's edits, and not an image's versions
   */
  Beside(TreeComparison comparison, Optional<MergeSettings.Later> later) {
    this.comparison = comparison;
    this.later = later;
  }

  /** Gives the name that the image's version has now. */
  BytePath keep(Versions versions) throws IOException {
    EtcEntry image = versions.image().orElseThrow();
    Level level = versions.level();
    String suffix = later.isPresent() ? BesideName.ORIGINAL : BesideName.NEW;
    for (int attempt = 1; ; attempt++) {
      BytePath name = BesideName.of(versions.name(), suffix, attempt);
      if (isAnImages(level, name) || used.contains(level.path().resolve(name))) {
        continue;
      }
      Optional<EtcEntry> present = EtcEntry.find(level.result(), name);
      if (present.isPresent() && !isOurs(present.get(), versions, level.path().resolve(name))) {
        continue;
      }
      if (present.isEmpty() || !comparison.sameTree(present.get(), image)) {
        put(image, level.result(), name, present.isPresent());
      }
      used.add(level.path().resolve(name));
      return name;
    }
  }

  /**
   * Moves the device's version aside, so that the image's can go live. Where the same lies there
   * already, an earlier merge has put it there.
   */
  BytePath setAside(Versions versions) throws IOException {
    EtcEntry local = versions.local().orElseThrow();
    Dir result = versions.level().result();
    for (int attempt = 1; ; attempt++) {
      BytePath name = BesideName.of(versions.name(), BesideName.ORIGINAL, attempt);
      Optional<EtcEntry> present = EtcEntry.find(result, name);
      if (present.isEmpty()) {
        result.renameNoReplace(versions.name(), name);
        return name;
      }
      if (comparison.sameTree(present.get(), local)) {
        result.removeTree(versions.name());
        return name;
      }
    }
  }

  private static void put(EtcEntry image, Dir result, BytePath name, boolean present)
      throws IOException {
    if (present) {
      result.removeTree(name);
    }
    TreeCopy.copy(image.parent(), image.name(), result, name);
  }

  private static boolean isAnImages(Level level, BytePath name) throws IOException {
    return EtcEntry.find(level.base(), name).isPresent()
        || EtcEntry.find(level.image(), name).isPresent();
  }

  /** What an earlier merge put there and nobody changed since is as an image had it. */
  private boolean isOurs(EtcEntry present, Versions versions, BytePath path) throws IOException {
    if (comparison.sameTree(present, versions.image().orElseThrow())) {
      return true;
    }
    // What was live before somebody had the image's version may lie there, too.
    return later.filter(edits -> !edits.put().contains(path)).isEmpty()
        && (versions.base().isPresent() && comparison.sameTree(present, versions.base().get()));
  }
}

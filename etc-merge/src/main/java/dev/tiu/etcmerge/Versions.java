package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileStatus;
import java.io.IOException;
import java.util.Optional;

/**
 * One name in the three trees.
 *
 * @param local the device's, which is the result's until it is changed
 */
record Versions(
    Level level,
    BytePath name,
    Optional<EtcEntry> base,
    Optional<EtcEntry> local,
    Optional<EtcEntry> image) {

  BytePath path() {
    return level.path().resolve(name);
  }

  /** Whether the device has a directory, and no image has anything else there. */
  boolean mergeInside() {
    return local.filter(EtcEntry::isDirectory).isPresent()
        && base.map(EtcEntry::isDirectory).orElse(true)
        && image.map(EtcEntry::isDirectory).orElse(true);
  }

  /** Whether both images have a directory that was removed here. */
  boolean isRemovedDirectory() {
    return local.isEmpty()
        && base.filter(EtcEntry::isDirectory).isPresent()
        && image.filter(EtcEntry::isDirectory).isPresent();
  }

  /** Whether device and new image have the same type of file, and the old image no other. */
  boolean mergeByPart() {
    return local.isPresent()
        && image.isPresent()
        && local.get().isOfSameType(image.get())
        && base.map(local.get()::isOfSameType).orElse(true);
  }

  /** Gives what is live the modification time that the image has there. */
  void takeImageTime() throws IOException {
    FileStatus status = image.orElseThrow().status();
    level.result().setModificationTime(name, status.mtimeSeconds(), status.mtimeNanos());
  }
}

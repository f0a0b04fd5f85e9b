package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileMetadata;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * One name in one of the trees, as it was when it was looked up.
 *
 * @param parent the directory it lies in
 * @param name a single component, or the root for the directory itself
 */
record EtcEntry(Dir parent, BytePath name, FileStatus status) {
  /** The entry, or empty if there is no such name or no such directory. */
  static Optional<EtcEntry> find(Optional<Dir> parent, BytePath name) throws IOException {
    return parent.isEmpty() ? Optional.empty() : find(parent.get(), name);
  }

  static Optional<EtcEntry> find(Dir parent, BytePath name) throws IOException {
    return parent.find(name).map(status -> new EtcEntry(parent, name, status));
  }

  static EtcEntry of(Dir dir) throws IOException {
    return new EtcEntry(dir, BytePath.ROOT, dir.status(BytePath.ROOT));
  }

  boolean isDirectory() {
    return status.type() == FileType.DIRECTORY;
  }

  boolean isOfSameType(EtcEntry other) {
    return status.type() == other.status.type();
  }

  /** Whether other names may share its content and metadata. */
  boolean hasOtherNames() {
    return !isDirectory() && status.linkCount() > 1;
  }

  /** Whether both were last modified at the same moment, as far as times can tell. */
  boolean hasTimeOf(EtcEntry other) {
    return status.mtimeSeconds() == other.status.mtimeSeconds()
        && status.mtimeNanos() == other.status.mtimeNanos();
  }

  /** Whether it, a file, has that content. */
  boolean hasContent(byte[] content) throws IOException {
    return status.size() == content.length
        && Arrays.equals(parent.readAll(name, content.length), content);
  }

  Dir open() throws IOException {
    return parent.openDir(name);
  }

  FileMetadata metadata() throws IOException {
    return FileMetadata.of(parent, name, status);
  }
}

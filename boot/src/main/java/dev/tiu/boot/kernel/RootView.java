package dev.tiu.boot.kernel;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileType;
import dev.tiu.linux.LinuxException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A system's tree, as that system sees it: links are followed and lead nowhere outside. */
public final class RootView {
  private final Dir root;

  /** Of the system with that root, which stays open meanwhile. */
  public RootView(Dir root) {
    this.root = root;
  }

  /** Empty where there is no regular file. */
  public Optional<FileHandle> file(BytePath path) throws LinuxException {
    try {
      FileHandle file = root.openFileInRoot(path);
      if (file.status().type() == FileType.REGULAR) {
        return Optional.of(file);
      }
      file.close();
      return Optional.empty();
    } catch (LinuxException e) {
      return absent(e);
    }
  }

  boolean hasFile(BytePath path) throws LinuxException {
    Optional<FileHandle> file = file(path);
    file.ifPresent(FileHandle::close);
    return file.isPresent();
  }

  boolean hasDir(BytePath path) throws LinuxException {
    try (Dir dir = root.openDirInRoot(path)) {
      return dir.status(BytePath.ROOT).type() == FileType.DIRECTORY;
    } catch (LinuxException e) {
      return RootView.<Boolean>absent(e).isPresent();
    }
  }

  /** What is in a directory, in the order of the names; nothing where there is none. */
  public List<DirEntry> list(BytePath path) throws IOException {
    try (Dir dir = root.openDirInRoot(path)) {
      return dir.list();
    } catch (LinuxException e) {
      return RootView.<List<DirEntry>>absent(e).orElse(List.of());
    }
  }

  private static <T> Optional<T> absent(LinuxException e) throws LinuxException {
    return switch (e.errno()) {
      case ENOENT, ENOTDIR, ELOOP, ENXIO -> Optional.empty();
      default -> throw e;
    };
  }
}

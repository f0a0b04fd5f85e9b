package dev.tiu;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Errno;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.linux.LinuxException;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is known of /etc as packages shipped it: those of dpkg's configuration files that are still
 * what they were. Of one that was changed only the digest is known, so that it is left out.
 *
 * <p>Owners and modes aren't known, so that all are root's, and 0644 or 0755 as nearly all are
 * shipped: what is otherwise counts as changed on the device, and stays.
 */
final class ShippedEtc {
  private static final int EXECUTABLE = 0100;
  private static final int BUFFER = 1 << 16;

  private final Dir live;
  private final Dir shipped;

  private ShippedEtc(Dir live, Dir shipped) {
    this.live = live;
    this.shipped = shipped;
  }

  /**
   * Fills an empty directory with it.
   *
   * @return how many files are known
   */
  static int make(Dir live, Dir shipped, Conffiles conffiles) throws IOException {
    ShippedEtc etc = new ShippedEtc(live, shipped);
    int known = 0;
    for (Map.Entry<BytePath, Set<String>> one : new TreeMap<>(conffiles.digests()).entrySet()) {
      known += etc.take(one.getKey(), one.getValue()) ? 1 : 0;
    }
    return known;
  }

  private boolean take(BytePath path, Set<String> digests) throws IOException {
    Optional<FileStatus> status = find(path).filter(s -> s.type() == FileType.REGULAR);
    if (status.isEmpty()) {
      return false;
    }
    try (FileHandle file = live.openFile(path)) {
      if (!digests.contains(md5(file))) {
        return false;
      }
      makeDir(path.parent());
      int mode = (status.get().mode() & EXECUTABLE) != 0 ? 0755 : 0644;
      try (FileHandle copy = shipped.createFile(path, mode)) {
        TreeCopy.copyContent(file, copy);
        copy.setModificationTime(status.get().mtimeSeconds(), status.get().mtimeNanos());
      }
      return true;
    }
  }

  /** A link on the way is the device's own: what lies behind it isn't the package's path. */
  private Optional<FileStatus> find(BytePath path) throws IOException {
    try {
      return live.find(path);
    } catch (LinuxException e) {
      if (e.errno() == Errno.ELOOP) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void makeDir(BytePath path) throws IOException {
    if (!path.isRoot() && shipped.find(path).isEmpty()) {
      makeDir(path.parent());
      shipped.makeDir(path, 0755);
    }
  }

  private static String md5(FileHandle file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
    byte[] buffer = new byte[BUFFER];
    InputStream in = file.stream();
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      digest.update(buffer, 0, n);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}

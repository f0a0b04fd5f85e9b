package dev.tiu.snapshot;

import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The shared subvolumes of an adopted system: copies of its directories.
 *
 * <p>What they were when they were made is noted with the snapshot that they were made for. While
 * they are still so, the new system has never run, and they may be made anew.
 */
public final class AdoptedShares {
  private static final BytePath NOTE = Layout.FILES.resolve(BytePath.of("adopted-shares"));
  private static final int LIMIT = 1 << 16;

  private AdoptedShares() {}

  /**
   * Copies them.
   *
   * @param root a snapshot of the system's root, which is of one moment
   * @param shares where they are made
   */
  static void make(ForeignSystem system, Dir root, Dir shares) throws IOException {
    for (Layout.Shared shared : Layout.SHARED) {
      Dir elsewhere = system.elsewhere().get(shared.directory());
      if (elsewhere != null) {
        copySubvolume(elsewhere, shares, shared.subvolume());
      } else if (system.isCopied(shared)) {
        try (Dir today = system.root().openDir(shared.directory())) {
          copyDirectory(today, root, shared, shares);
        }
      } else if (system.root().find(shared.directory()).isPresent()) {
        try (Dir nested = system.root().openDir(shared.directory())) {
          copySubvolume(nested, shares, shared.subvolume());
        }
      } else {
        SharedContent.createSubvolume(shares, shared, root);
      }
    }
  }

  private static void copySubvolume(Dir source, Dir shares, BytePath name) throws IOException {
    VarCopy.make(source, shares, name);
    try (Dir copy = shares.openDir(name)) {
      VarCopy.addNested(source, copy);
    }
  }

  private static void copyDirectory(Dir today, Dir root, Layout.Shared shared, Dir shares)
      throws IOException {
    Btrfs.createSubvolume(shares, shared.subvolume());
    try (Dir from = root.openDir(shared.directory());
        Dir to = shares.openDir(shared.subvolume());
        Dir parent = root.openDir(shared.directory().parent())) {
      TreeCopy copy = new TreeCopy(to);
      for (DirEntry entry : from.list()) {
        copy.copy(from, entry.name(), entry.name());
      }
      VarCopy.addNested(today, to);
      TreeCopy.copyMetadata(parent, shared.directory().name(), shares, shared.subvolume());
    }
  }

  /** What is noted of them: a line for each. */
  static byte[] note(Dir shares) throws IOException {
    StringBuilder note = new StringBuilder();
    for (Layout.Shared shared : Layout.SHARED) {
      note.append(digest(shares, shared)).append('\n');
    }
    return note.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Of all that stat says, but for what reading changes, and the links: whoever writes to a file
   * changes its time. btrfs's own counter of changes won't do, as it moves with times of access.
   */
  private static String digest(Dir shares, Layout.Shared shared) throws IOException {
    MessageDigest digest = sha256();
    digest.update(shared.subvolume().bytes());
    add(shares, shared.subvolume(), digest);
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(Dir parent, BytePath name, MessageDigest digest) throws IOException {
    FileStatus status = parent.status(name);
    byte[] target =
        status.type() == FileType.SYMLINK ? parent.readLink(name) : BytePath.ROOT.bytes();
    String line =
        "%d %s %o %d %d %d %d.%d %d "
            .formatted(
                name.length(),
                status.type(),
                status.mode(),
                status.uid(),
                status.gid(),
                status.type() == FileType.DIRECTORY ? 0 : status.size(),
                status.mtimeSeconds(),
                status.mtimeNanos(),
                target.length);
    digest.update(line.getBytes(StandardCharsets.US_ASCII));
    digest.update(name.bytes());
    digest.update(target);
    if (status.type() == FileType.DIRECTORY) {
      try (Dir dir = parent.openDir(name)) {
        List<DirEntry> entries = dir.list();
        digest.update((entries.size() + "\n").getBytes(StandardCharsets.US_ASCII));
        for (DirEntry entry : entries) {
          add(dir, entry.name(), digest);
        }
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The directory of one that somebody has written to since it was made, if there is one. */
  public static Optional<BytePath> written(Device device, SnapshotStore store) throws IOException {
    Set<String> known = new HashSet<>();
    for (Snapshot snapshot : store.list()) {
      try (Dir place = store.open(snapshot.number())) {
        if (snapshot.isAdopted() && place.find(NOTE).isPresent()) {
          String note = new String(place.readAll(NOTE, LIMIT), StandardCharsets.US_ASCII);
          note.lines().forEach(known::add);
        }
      }
    }
    try (Dir system = device.system()) {
      for (Layout.Shared shared : Layout.SHARED) {
        if (!known.contains(digest(system, shared))) {
          return Optional.of(shared.directory());
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Puts those that were made in {@link SnapshotStore#scratch} in the place of the present ones,
   * each in one step.
   */
  public static void replace(Device device) throws IOException {
    try (Dir system = device.system()) {
      for (Layout.Shared shared : Layout.SHARED) {
        BytePath made = Layout.SNAPSHOTS_NAME.resolve(SnapshotStore.SCRATCH);
        system.exchange(shared.subvolume(), made.resolve(shared.subvolume()));
      }
    }
    device.top().syncFileSystem();
  }
}

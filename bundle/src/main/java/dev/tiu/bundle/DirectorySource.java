package dev.tiu.bundle;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A directory as a tree, in the order of the names' bytes; needs root to see everything.
 *
 * <p>What can't be read is an error, never skipped. Other file systems mounted in it belong to it.
 */
final class DirectorySource implements TreeSource {
  private final Dir root;
  private final String name;

  /** The first packed name of each inode that has several. */
  private final Map<Identity, BytePath> links = new HashMap<>();

  private record Identity(long device, long inode) {}

  DirectorySource(Path directory) throws IOException {
    this.root = Dir.open(directory);
    this.name = directory.toString();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void walk(Visitor visitor) throws IOException {
    FileStatus status = root.status(BytePath.ROOT);
    TreeEntry entry = entry(root, BytePath.ROOT, BytePath.ROOT, status);
    visitor.entry(entry, InputStream.nullInputStream());
    walk(root, BytePath.ROOT, true, visitor);
  }

  private void walk(Dir dir, BytePath path, boolean deep, Visitor visitor) throws IOException {
    for (DirEntry child : dir.list()) {
      BytePath childPath = path.resolve(child.name());
      FileStatus status = dir.status(child.name());
      TreeEntry entry = entry(dir, child.name(), childPath, status);
      try (Content content = new Content(dir, child.name(), childPath)) {
        boolean packed = visitor.entry(entry, content);
        if (packed && status.linkCount() > 1 && status.type() != FileType.DIRECTORY) {
          links.putIfAbsent(new Identity(status.device(), status.inode()), childPath);
        }
      }
      if (status.type() == FileType.DIRECTORY && deep) {
        try (Dir below = dir.openDir(child.name())) {
          // Not wanted: its own entries are still shown, to be counted, but nothing deeper.
          walk(below, childPath, visitor.wantsBelow(entry), visitor);
        }
      }
    }
  }

  private TreeEntry entry(Dir dir, BytePath child, BytePath path, FileStatus status)
      throws IOException {
    boolean link = status.linkCount() > 1 && status.type() != FileType.DIRECTORY;
    Optional<BytePath> first =
        link
            ? Optional.ofNullable(links.get(new Identity(status.device(), status.inode())))
            : Optional.empty();
    boolean file = status.type() == FileType.REGULAR && first.isEmpty();
    return new TreeEntry(
        path,
        status.type(),
        status.mode(),
        status.uid(),
        status.gid(),
        status.mtimeSeconds(),
        file ? status.size() : 0,
        status.rdevMajor(),
        status.rdevMinor(),
        status.type() == FileType.SYMLINK ? Bytes.of(dir.readLink(child)) : Bytes.EMPTY,
        first,
        xattrs(dir, child));
  }

  private static SortedMap<String, Bytes> xattrs(Dir dir, BytePath child) throws IOException {
    SortedMap<String, Bytes> xattrs = new TreeMap<>();
    dir.xattrs(child).forEach((name, value) -> xattrs.put(name, Bytes.of(value)));
    return xattrs;
  }

  @Override
  public void close() {
    root.close();
  }

  /** A file's content, opened when it is first read. */
  private final class Content extends InputStream implements Rereadable {
    private final Dir dir;
    private final BytePath file;
    private final BytePath path;
    private @Nullable FileHandle handle;
    private long position;

    /** The content of a file in {@code dir} that is {@code path} below the root. */
    Content(Dir dir, BytePath file, BytePath path) {
      this.dir = dir;
      this.file = file;
      this.path = path;
    }

    @Override
    public InputStream again() {
      return new Content(root, path, path);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      FileHandle open = handle;
      if (open == null) {
        open = dir.openFile(file);
        handle = open;
      }
      int n = open.read(ByteBuffer.wrap(buffer, offset, length), position);
      position += Math.max(n, 0);
      return n;
    }

    @Override
    public void close() {
      FileHandle open = handle;
      if (open != null) {
        open.close();
      }
    }
  }
}

package dev.tiu.bundle.squashfs;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * A directory with everything that a file system can hold; needs root.
 *
 * <pre>
 * blocks/         0, 1, a block, a block and 1, three blocks and some, random bytes
 * sparse/         holes at the start, in the middle, at the end, everywhere
 * small/          files that share fragments, in directories below each other
 * many/           5000 names, so that the directory has an index
 * names/          not UTF-8, a newline, 255 bytes, a-b beside a/c
 * nodes/          devices, a fifo, a socket, links: hard, dangling, 4095 bytes
 * attributes/     user., trusted., security., values of 0 to 3900 bytes, shared by several
 * empty/
 * </pre>
 */
final class SampleTree {
  static final int BLOCK = 131072;
  private static final long MTIME = 1_700_000_000L;

  private final Dir dir;
  private final Random random;

  private SampleTree(Dir dir, long seed) {
    this.dir = dir;
    this.random = new Random(seed);
  }

  /** Fills an empty directory; the same bytes each time. */
  static void create(Dir dir) throws IOException {
    SampleTree tree = new SampleTree(dir, 20261120);
    tree.blocks();
    tree.sparse();
    tree.small();
    tree.many();
    tree.names();
    tree.nodes();
    tree.attributes();
    tree.directory("empty");
    tree.attributesOfAllInodes();
  }

  private void blocks() throws IOException {
    directory("blocks");
    file("blocks/0", new byte[0]);
    file("blocks/1", text(1));
    file("blocks/block", text(BLOCK));
    file("blocks/block-and-1", text(BLOCK + 1));
    file("blocks/several", text(3 * BLOCK + 777));
    byte[] noise = new byte[2 * BLOCK + 5000];
    random.nextBytes(noise);
    file("blocks/random", noise);
    byte[] runs = new byte[BLOCK];
    for (int i = 0; i < runs.length; i += 1000) {
      runs[i] = (byte) i;
    }
    file("blocks/runs", runs);
  }

  private void sparse() throws IOException {
    directory("sparse");
    sparseFile("sparse/start", 5L * BLOCK, 4L * BLOCK + 10);
    sparseFile("sparse/middle", 9L * BLOCK + 3, 0, 8L * BLOCK);
    sparseFile("sparse/end", 6L * BLOCK + 100, 0);
    sparseFile("sparse/all", 3L * BLOCK);
  }

  /** A file of 5 GiB with a few bytes in it, some of them beyond 4 GiB. */
  static void createHuge(Dir dir) throws IOException {
    new SampleTree(dir, 5).sparseFile("5-gib", (5L << 30) + 17, 0, (4L << 30) + 123456, 5L << 30);
  }

  private void sparseFile(String path, long size, long... dataAt) throws IOException {
    try (FileHandle file = dir.createFile(BytePath.of(path), 0644)) {
      file.truncate(size);
      for (long at : dataAt) {
        file.write(ByteBuffer.wrap(text((int) Math.min(5000, size - at))), at);
      }
    }
  }

  private void small() throws IOException {
    String path = "small";
    for (int depth = 0; depth < 20; depth++) {
      directory(path);
      for (int i = 0; i < 15; i++) {
        file(path + "/file-" + i, text(random.nextInt(6000)));
      }
      path += "/deeper";
    }
  }

  private void many() throws IOException {
    directory("many");
    // Long enough that the unpacked table is larger than what is read at once.
    String name = "a-name-that-takes-some-room-".repeat(2);
    for (int i = 0; i < 5000; i++) {
      file("many/" + name + i, new byte[0]);
    }
  }

  private void names() throws IOException {
    directory("names");
    file("names/a-b", text(3));
    directory("names/a");
    file("names/a/c", text(4));
    file("names/ö", text(5));
    file("names/" + "x".repeat(255), text(6));
    dir.createFile(BytePath.ofBytes(latin1("names/latin1-\u00ff\u0080")), 0600).close();
    dir.createFile(BytePath.ofBytes(latin1("names/new\nline \t\\ \u0001")), 0600).close();
    dir.createFile(BytePath.ofBytes(latin1("names/...")), 0600).close();
  }

  private void nodes() throws IOException {
    directory("nodes");
    dir.makeNode(BytePath.of("nodes/null"), FileType.CHARACTER_DEVICE, 0666, 1, 3);
    dir.makeNode(BytePath.of("nodes/big"), FileType.BLOCK_DEVICE, 0660, 0xabc, 0x9fedc);
    dir.makeNode(BytePath.of("nodes/fifo"), FileType.FIFO, 0600, 0, 0);
    dir.makeNode(BytePath.of("nodes/socket"), FileType.SOCKET, 0755, 0, 0);
    file("nodes/one", text(10));
    dir.link(BytePath.of("nodes/one"), BytePath.of("nodes/two"));
    dir.link(BytePath.of("nodes/one"), BytePath.of("empty-one"));
    dir.link(BytePath.of("nodes/fifo"), BytePath.of("nodes/fifo-too"));
    dir.makeSymlink(latin1("../blocks/1"), BytePath.of("nodes/link"));
    dir.makeSymlink(latin1("no\u00fe where"), BytePath.of("nodes/dangling"));
    dir.makeSymlink(latin1("y".repeat(4095)), BytePath.of("nodes/long"));
  }

  private void attributes() throws IOException {
    directory("attributes");
    // cap_net_raw=ep, as struct vfs_cap_data of version 2.
    byte[] capability = {1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    byte[] large = text(3000);
    file("attributes/ping", text(100));
    xattr("attributes/ping", "security.capability", capability);
    for (String name : new String[] {"a", "b", "c"}) {
      file("attributes/" + name, text(10));
      xattr("attributes/" + name, "user.shared", large);
      xattr("attributes/" + name, "trusted.own", latin1(name));
    }
    file("attributes/large", text(10));
    xattr("attributes/large", "user.large", text(3900));
    xattr("attributes/large", "user.empty", new byte[0]);
    directory("attributes/dir");
    xattr("attributes/dir", "trusted.overlay.opaque", latin1("y"));
    dir.makeSymlink(latin1("target"), BytePath.of("attributes/link"));
    xattr("attributes/link", "trusted.link", latin1("of the link"));
    dir.makeNode(BytePath.of("attributes/device"), FileType.CHARACTER_DEVICE, 0600, 5, 1);
    xattr("attributes/device", "trusted.device", latin1("d"));
    dir.makeNode(BytePath.of("attributes/fifo"), FileType.FIFO, 0600, 0, 0);
    xattr("attributes/fifo", "trusted.fifo", latin1("f"));
  }

  /** Owners, modes and times that differ from the defaults and from each other. */
  private void attributesOfAllInodes() throws IOException {
    owner("blocks/1", 1000, 100, 0640);
    owner("blocks/block", 0x7ffffffe, 65534, 0400);
    owner("nodes/one", 33, 33, 06755);
    owner("empty", 42, 42, 01777);
    int i = 0;
    for (String path : new String[] {"blocks/0", "nodes/link", "nodes/fifo", "names/a", "empty"}) {
      dir.setModificationTime(BytePath.of(path), MTIME + 86_400L * i++, 0);
    }
    dir.setModificationTime(BytePath.of("blocks/1"), 0, 0);
    dir.setModificationTime(BytePath.of("blocks/block"), 0xfffffff0L, 0);
  }

  private void owner(String path, int uid, int gid, int mode) throws IOException {
    dir.setOwner(BytePath.of(path), uid, gid);
    dir.setMode(BytePath.of(path), mode);
  }

  private void directory(String path) throws IOException {
    dir.makeDir(BytePath.of(path), 0755);
  }

  private void xattr(String path, String name, byte[] value) throws IOException {
    dir.setXattr(BytePath.of(path), name, value);
  }

  private void file(String path, byte[] content) throws IOException {
    try (FileHandle file = dir.createFile(BytePath.of(path), 0644)) {
      file.write(ByteBuffer.wrap(content), 0);
    }
  }

  /** Bytes that compress about as text does, with repetitions near and far. */
  private byte[] text(int size) {
    byte[] text = new byte[size];
    byte[] word = new byte[24];
    int at = 0;
    while (at < size) {
      int choice = random.nextInt(4);
      if (choice == 0 || at == 0) {
        int n = Math.min(size - at, 1 + random.nextInt(word.length));
        random.nextBytes(word);
        System.arraycopy(word, 0, text, at, n);
        at += n;
      } else {
        int from = choice == 1 ? random.nextInt(at) : Math.max(0, at - 1 - random.nextInt(40));
        int n = Math.min(size - at, 1 + random.nextInt(choice == 3 ? 300 : 20));
        for (int i = 0; i < n; i++) {
          text[at + i] = text[from + i];
        }
        at += n;
      }
    }
    return text;
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}

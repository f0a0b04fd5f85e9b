package dev.tiu.linux;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Questions to btrfs's tree of roots (BTRFS_IOC_TREE_SEARCH, BTRFS_IOC_INO_LOOKUP).
 *
 * <p>A search's structure is a key of 104 bytes and the found items: header {@code u64 transid, u64
 * objectid, u64 offset, u32 type, u32 length}, and that many bytes. All of it little-endian.
 */
final class RootTree {
  private static final long TREE_SEARCH = Ioctl.readWrite(0x94, 17, 4096);
  private static final long INO_LOOKUP = Ioctl.readWrite(0x94, 18, 4096);

  private static final long ROOT_TREE_OBJECTID = 1;
  private static final long ROOT_TREE_DIR_OBJECTID = 6;
  private static final long FIRST_FREE_OBJECTID = 256;
  private static final int DIR_ITEM_KEY = 84;
  private static final int ROOT_REF_KEY = 156;

  private static final int ARGS_SIZE = 4096;
  private static final int NR_ITEMS = 64;
  private static final int ITEMS = 104;
  private static final int HEADER_SIZE = 32;

  /** Names for the reader's sake: {@code struct btrfs_dir_item} and {@code btrfs_root_ref}. */
  private static final int DIR_ITEM_DATA_LEN = 25;

  private static final int DIR_ITEM_NAME_LEN = 27;
  private static final int DIR_ITEM_NAME = 30;
  private static final int ROOT_REF_NAME_LEN = 16;
  private static final int ROOT_REF_NAME = 18;

  private static final byte[] DEFAULT = "default".getBytes(StandardCharsets.US_ASCII);

  private RootTree() {}

  /** An item that a search found: the offset of its key, and where its bytes lie in the scratch. */
  private record Item(long offset, int start, int length) {}

  /** The id of the subvolume that the directory lies in. */
  static long idOf(Dir dir) throws LinuxException {
    lookUp(dir, 0, FIRST_FREE_OBJECTID);
    return Scratch.get().buffer.getLong(Scratch.STRUCT);
  }

  /** A directory's path in its subvolume, by inode number. */
  static BytePath path(Dir any, long rootId, long inode) throws LinuxException {
    if (inode == FIRST_FREE_OBJECTID) {
      return BytePath.ROOT;
    }
    lookUp(any, rootId, inode);
    byte[] path = Scratch.get().cString(Scratch.STRUCT + 16, ARGS_SIZE - 16);
    // The kernel ends it with a slash, ready for a name.
    int length = path.length > 0 && path[path.length - 1] == '/' ? path.length - 1 : path.length;
    return BytePath.ofBytes(Arrays.copyOf(path, length));
  }

  /** {@code struct btrfs_ioctl_ino_lookup_args}: u64 treeid, u64 objectid, name[4080]. */
  private static void lookUp(Dir dir, long rootId, long inode) throws LinuxException {
    Scratch scratch = Scratch.get();
    scratch.clear(Scratch.STRUCT, ARGS_SIZE);
    scratch.buffer.putLong(Scratch.STRUCT, rootId).putLong(Scratch.STRUCT + 8, inode);
    Btrfs.call(dir, INO_LOOKUP, "BTRFS_IOC_INO_LOOKUP");
  }

  /** The subvolumes that lie right in that one, by path in it. */
  static List<NestedSubvolume> children(Dir any, long rootId) throws LinuxException {
    record Reference(long id, long directory, BytePath name) {}
    List<Reference> references = new ArrayList<>();
    long from = 0;
    while (true) {
      ByteBuffer buffer = Scratch.get().buffer;
      List<Item> items = search(any, rootId, ROOT_REF_KEY, from);
      if (items.isEmpty()) {
        break;
      }
      for (Item item : items) {
        int length = Short.toUnsignedInt(buffer.getShort(item.start + ROOT_REF_NAME_LEN));
        byte[] name = Scratch.get().bytes(item.start + ROOT_REF_NAME, length);
        long directory = buffer.getLong(item.start);
        references.add(new Reference(item.offset, directory, BytePath.ofBytes(name)));
      }
      from = items.get(items.size() - 1).offset + 1;
    }
    List<NestedSubvolume> children = new ArrayList<>();
    for (Reference reference : references) {
      BytePath directory = path(any, rootId, reference.directory);
      children.add(new NestedSubvolume(directory.resolve(reference.name), reference.id));
    }
    children.sort(Comparator.comparing(NestedSubvolume::path));
    return children;
  }

  /** What the item "default" of the tree's directory points to; without it, the top level. */
  static long defaultSubvolume(Dir any) throws LinuxException {
    ByteBuffer buffer = Scratch.get().buffer;
    // Names with one hash share an item, so an item is a row of entries; the hash isn't needed
    // here.
    for (Item item : search(any, ROOT_TREE_DIR_OBJECTID, DIR_ITEM_KEY, 0)) {
      int end = item.start + item.length;
      int at = item.start;
      while (at + DIR_ITEM_NAME <= end) {
        int nameLength = Short.toUnsignedInt(buffer.getShort(at + DIR_ITEM_NAME_LEN));
        byte[] name = Scratch.get().bytes(at + DIR_ITEM_NAME, nameLength);
        if (Arrays.equals(name, DEFAULT)) {
          return buffer.getLong(at);
        }
        int dataLength = Short.toUnsignedInt(buffer.getShort(at + DIR_ITEM_DATA_LEN));
        at += DIR_ITEM_NAME + nameLength + dataLength;
      }
    }
    return Btrfs.TOP_LEVEL;
  }

  /** As many items of that object and type as fit, from that offset on; none at the end. */
  private static List<Item> search(Dir any, long objectId, int type, long fromOffset)
      throws LinuxException {
    Scratch scratch = Scratch.get();
    scratch.clear(Scratch.STRUCT, ARGS_SIZE);
    ByteBuffer buffer = scratch.buffer;
    int at = Scratch.STRUCT;
    buffer.putLong(at, ROOT_TREE_OBJECTID);
    buffer.putLong(at + 8, objectId).putLong(at + 16, objectId);
    buffer.putLong(at + 24, fromOffset).putLong(at + 32, -1);
    buffer.putLong(at + 40, 0).putLong(at + 48, -1); // all transactions
    buffer.putInt(at + 56, type).putInt(at + 60, type);
    buffer.putInt(at + NR_ITEMS, Integer.MAX_VALUE);
    Btrfs.call(any, TREE_SEARCH, "BTRFS_IOC_TREE_SEARCH");
    List<Item> items = new ArrayList<>();
    int next = at + ITEMS;
    for (int n = buffer.getInt(at + NR_ITEMS); n > 0; n--) {
      int length = buffer.getInt(next + 28);
      items.add(new Item(buffer.getLong(next + 16), next + HEADER_SIZE, length));
      next += HEADER_SIZE + length;
    }
    return items;
  }
}

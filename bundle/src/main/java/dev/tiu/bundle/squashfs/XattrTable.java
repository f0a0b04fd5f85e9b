package dev.tiu.bundle.squashfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sets of extended attributes, each shared by all inodes that have exactly these.
 *
 * <p>An inode names a set by its number. The id table has for each ({@code struct
 * squashfs_xattr_id}) a 64-bit reference into the key table, a 32-bit count and a 32-bit size that
 * nothing needs. In the key table stand 16 bits of type, 16 bits of the name's length, the name
 * without its prefix, 32 bits of the value's length, and the value; or, when the type says out of
 * line, the value is a 64-bit reference to where a length and the value stand for an earlier inode.
 */
final class XattrTable {
  static final XattrTable EMPTY =
      new XattrTable(
          0,
          MetadataTable.empty("xattr id table"),
          MetadataTable.empty("xattr table"),
          SquashfsImage.Limits.DEFAULT);

  /** The set that an inode without extended attributes names. */
  static final long NO_SET = 0xffffffffL;

  private static final int HEADER_SIZE = 16;
  private static final int ID_SIZE = 16;
  private static final int OUT_OF_LINE = 0x100;
  private static final String[] PREFIXES = {"user.", "trusted.", "security."};
  // NAME_MAX for the whole name and XATTR_SIZE_MAX for the value: no Linux file has more.
  private static final int MAX_NAME = 255;
  private static final int MAX_VALUE = 65536;

  private final long start;
  private final MetadataTable ids;
  private final MetadataTable keys;
  private final SquashfsImage.Limits limits;
  private final Map<Integer, SortedMap<String, byte[]>> sets = new HashMap<>();
  private final Map<Integer, byte[]> sharedValues = new HashMap<>();
  // What has been handed out; sets don't overlap, so it can't be more than there is.
  private long used;
  private long total;

  private XattrTable(
      long start, MetadataTable ids, MetadataTable keys, SquashfsImage.Limits limits) {
    this.start = start;
    this.ids = ids;
    this.keys = keys;
    this.limits = limits;
  }

  static XattrTable read(MetadataReader reader, Superblock superblock, SquashfsImage.Limits limits)
      throws IOException {
    String name = "xattr id table";
    long lowest = superblock.directoryTable();
    long header = superblock.xattrTable();
    long highest = superblock.bytesUsed() - HEADER_SIZE;
    if (header < lowest || header > highest) {
      throw new SquashfsException(
          name, header, "expected from %d to %d".formatted(lowest, highest));
    }
    byte[] fields = reader.plain(header, HEADER_SIZE);
    long start = LittleEndian.i64(fields, 0);
    long count = LittleEndian.u32(fields, 8);
    if (start < lowest || start > header || count == 0) {
      throw new SquashfsException(
          name,
          header,
          "%d sets with keys at %d, expected at least 1 from %d to %d"
              .formatted(count, start, lowest, header));
    }
    IndexedTable.Bounds bounds =
        new IndexedTable.Bounds(name, start, header, header + HEADER_SIZE, superblock.bytesUsed());
    IndexedTable ids = IndexedTable.read(reader, bounds, count, ID_SIZE);
    MetadataTable keys = reader.read("xattr table", start, ids.start());
    return new XattrTable(start, ids.content(), keys, limits);
  }

  /** Where the first key lies in the image. */
  long start() {
    return start;
  }

  /**
   * The set with this number.
   *
   * @param inode for messages: whose it is
   */
  SortedMap<String, byte[]> set(long number, MetadataTable inodes, int place, Object inode)
      throws SquashfsException {
    if (number == NO_SET) {
      return Collections.emptySortedMap();
    }
    int count = ids.length() / ID_SIZE;
    if (number >= count) {
      throw inodes.fault(
          place, inode, "names set " + number + " of extended attributes, but there are " + count);
    }
    Optional<SortedMap<String, byte[]>> known = Optional.ofNullable(sets.get((int) number));
    if (known.isPresent()) {
      return known.get();
    }
    SortedMap<String, byte[]> set = Collections.unmodifiableSortedMap(parse((int) number));
    sets.put((int) number, set);
    return set;
  }

  private SortedMap<String, byte[]> parse(int number) throws SquashfsException {
    String what = "xattr set " + number;
    int at = number * ID_SIZE;
    long reference = LittleEndian.i64(ids.bytes(), at);
    long count = LittleEndian.u32(ids.bytes(), at + 8);
    total += count;
    if (count > limits.maxXattrsPerInode() || total > limits.maxXattrs()) {
      throw ids.fault(
          at,
          what,
          "%d attributes, %d in all, more than the limits of %d and %d"
              .formatted(count, total, limits.maxXattrsPerInode(), limits.maxXattrs()));
    }
    int place = keys.place(reference >>> 16, (int) (reference & 0xffff), what);
    SortedMap<String, byte[]> set = new TreeMap<>();
    for (long i = 0; i < count; i++) {
      place = parseOne(place, set, what);
    }
    return set;
  }

  private int parseOne(int place, SortedMap<String, byte[]> set, String what)
      throws SquashfsException {
    keys.need(place, 4, what);
    int type = LittleEndian.u16(keys.bytes(), place);
    int prefix = type & ~OUT_OF_LINE;
    if (prefix >= PREFIXES.length) {
      throw keys.fault(place, what, "unknown type " + type);
    }
    int nameLength = LittleEndian.u16(keys.bytes(), place + 2);
    if (nameLength == 0 || nameLength + PREFIXES[prefix].length() > MAX_NAME) {
      throw keys.fault(place, what, "a name of " + nameLength + " bytes");
    }
    int nameAt = place + 4;
    keys.need(nameAt, nameLength, what);
    String name = PREFIXES[prefix] + decode(nameAt, nameLength, what);
    int valueAt = nameAt + nameLength;
    int length = valueLength(valueAt, what);
    spend(4L + nameLength + 4 + length, place, what);
    byte[] value =
        (type & OUT_OF_LINE) != 0 ? sharedValue(valueAt, length, what) : copy(valueAt + 4, length);
    if (set.put(name, value) != null) {
      throw keys.fault(place, what, "two attributes are named " + name);
    }
    return valueAt + 4 + length;
  }

  private String decode(int place, int length, String what) throws SquashfsException {
    try {
      String name =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(keys.bytes(), place, length))
              .toString();
      if (name.indexOf(0) >= 0) {
        throw keys.fault(place, what, "a name with a NUL");
      }
      return name;
    } catch (CharacterCodingException e) {
      throw keys.fault(place, what, "a name that isn't UTF-8");
    }
  }

  private int valueLength(int place, String what) throws SquashfsException {
    keys.need(place, 4, what);
    long length = LittleEndian.u32(keys.bytes(), place);
    if (length > MAX_VALUE) {
      throw keys.fault(
          place, what, "a value of " + length + " bytes, more than Linux's " + MAX_VALUE);
    }
    keys.need(place + 4, length, what);
    return (int) length;
  }

  private byte[] copy(int place, int length) {
    byte[] value = new byte[length];
    System.arraycopy(keys.bytes(), place, value, 0, length);
    return value;
  }

  private byte[] sharedValue(int place, int length, String what) throws SquashfsException {
    if (length != 8) {
      throw keys.fault(place, what, "an out-of-line value of " + length + " bytes, expected 8");
    }
    long reference = LittleEndian.i64(keys.bytes(), place + 4);
    int target = keys.place(reference >>> 16, (int) (reference & 0xffff), what);
    Optional<byte[]> known = Optional.ofNullable(sharedValues.get(target));
    if (known.isPresent()) {
      return known.get();
    }
    int targetLength = valueLength(target, what);
    byte[] value = copy(target + 4, targetLength);
    // Values that overlap each other could unpack to far more than there is.
    spend(targetLength, target, what);
    sharedValues.put(target, value);
    return value;
  }

  /** Every byte serves one set, and one set's value may be shared: twice the table is the most. */
  private void spend(long bytes, int place, String what) throws SquashfsException {
    used += bytes;
    if (used > 2L * keys.length()) {
      throw keys.fault(place, what, "overlaps other sets of extended attributes");
    }
  }
}

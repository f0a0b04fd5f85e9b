package dev.tiu.bundle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/**
 * POSIX ACLs, which squashfs has no place for.
 *
 * <p>squashfs stores xattrs of {@code user}, {@code trusted} and {@code security} only, and
 * mksquashfs drops {@code system.posix_acl_*}. In an image they lie, unchanged, under {@code
 * trusted.tiu.posix_acl_access} and {@code trusted.tiu.posix_acl_default}; {@link #restored} gives
 * them their names back.
 */
public final class Acl {
  static final String SYSTEM_PREFIX = "system.posix_acl_";
  static final String ACCESS = SYSTEM_PREFIX + "access";
  static final String STORED_PREFIX = "trusted.tiu.posix_acl_";

  /** No kernel puts more into an xattr. */
  private static final int MAX_ENTRIES = 8191;

  private static final int VERSION = 2;
  private static final int HEADER_SIZE = 4;
  private static final int ENTRY_SIZE = 8;
  private static final int UNDEFINED_ID = -1;
  private static final int USER_OBJ = 1;
  private static final int USER = 2;
  private static final int GROUP_OBJ = 4;
  private static final int GROUP = 8;
  private static final int MASK = 0x10;
  private static final int OTHER = 0x20;

  private Acl() {}

  /** An inode's xattrs under the names that the kernel has for them. */
  public static SortedMap<String, byte[]> restored(SortedMap<String, byte[]> stored) {
    if (stored.tailMap(STORED_PREFIX).isEmpty()) {
      return stored;
    }
    SortedMap<String, byte[]> restored = new TreeMap<>();
    for (Map.Entry<String, byte[]> xattr : stored.entrySet()) {
      String name = xattr.getKey();
      restored.put(
          name.startsWith(STORED_PREFIX)
              ? SYSTEM_PREFIX + name.substring(STORED_PREFIX.length())
              : name,
          xattr.getValue());
    }
    return restored;
  }

  /**
   * An inode's xattrs as stored, with other numbers for the users and groups that ACLs name. What
   * can't be understood stays as it is.
   */
  public static SortedMap<String, byte[]> mapped(
      SortedMap<String, byte[]> stored, IntUnaryOperator user, IntUnaryOperator group) {
    if (stored.tailMap(STORED_PREFIX).isEmpty()) {
      return stored;
    }
    SortedMap<String, byte[]> mapped = new TreeMap<>(stored);
    mapped.replaceAll(
        (name, value) -> name.startsWith(STORED_PREFIX) ? mapped(value, user, group) : value);
    return mapped;
  }

  private static byte[] mapped(byte[] acl, IntUnaryOperator user, IntUnaryOperator group) {
    ByteBuffer in = ByteBuffer.wrap(acl).order(ByteOrder.LITTLE_ENDIAN);
    if (acl.length < HEADER_SIZE
        || (acl.length - HEADER_SIZE) % ENTRY_SIZE != 0
        || in.getInt() != VERSION) {
      return acl;
    }
    boolean changed = false;
    List<Entry> entries = new ArrayList<>();
    while (in.hasRemaining()) {
      Entry entry = new Entry(in.getShort(), in.getShort(), in.getInt());
      int id =
          switch (entry.tag) {
            case USER -> user.applyAsInt(entry.id);
            case GROUP -> group.applyAsInt(entry.id);
            default -> entry.id;
          };
      changed |= id != entry.id;
      entries.add(new Entry(entry.tag, entry.permissions, id));
    }
    // Also the order is the image's where no number changes.
    return changed ? encode(entries).toArray() : acl;
  }

  /**
   * Whether an access ACL, in the kernel's form, says no more than the mode does: owner, group and
   * others are what every ACL has, and with nothing else the kernel keeps it as the mode alone.
   */
  static boolean isMinimal(Bytes acl) {
    return acl.length() <= HEADER_SIZE + 3 * ENTRY_SIZE;
  }

  private record Entry(int tag, int permissions, int id) {}

  /**
   * The kernel's form of an ACL in text, as tar archives have it under {@code SCHILY.acl.*}: {@code
   * user::rw-,user:1000:r--,group::r--,mask::r--,other::r--}, a user's number also as a fourth
   * field.
   *
   * @throws IllegalArgumentException if it can't be read, or names a user without a number
   */
  static Bytes ofText(String text) {
    List<Entry> entries = new ArrayList<>();
    for (String line : text.split("[,\\n]", -1)) {
      String entry = line.replaceFirst("#.*", "").strip();
      if (!entry.isEmpty()) {
        entries.add(entry(entry));
      }
    }
    if (entries.size() > MAX_ENTRIES) {
      throw new IllegalArgumentException("an ACL of " + entries.size() + " entries");
    }
    return encode(entries);
  }

  private static Entry entry(String text) {
    String[] fields = text.split(":", -1);
    if (fields.length < 3) {
      throw new IllegalArgumentException("an ACL entry \"" + text + "\"");
    }
    boolean named = !fields[1].isEmpty();
    int tag =
        switch (fields[0]) {
          case "u", "user" -> named ? USER : USER_OBJ;
          case "g", "group" -> named ? GROUP : GROUP_OBJ;
          case "m", "mask" -> MASK;
          case "o", "other" -> OTHER;
          default -> throw new IllegalArgumentException("an ACL entry \"" + text + "\"");
        };
    int id = named ? id(fields, text) : UNDEFINED_ID;
    return new Entry(tag, permissions(fields[2], text), id);
  }

  private static int id(String[] fields, String text) {
    String number = fields.length > 3 && !fields[3].isEmpty() ? fields[3] : fields[1];
    try {
      return Integer.parseUnsignedInt(number);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "the ACL entry \""
              + text
              + "\" names a user or group without its number; pack with tar --xattrs"
              + " --xattrs-include='*' instead of --acls, which keeps the numbers",
          e);
    }
  }

  private static int permissions(String text, String entry) {
    int permissions = 0;
    for (int i = 0; i < text.length(); i++) {
      permissions |=
          switch (text.charAt(i)) {
            case 'r' -> 4;
            case 'w' -> 2;
            case 'x' -> 1;
            case '-' -> 0;
            default -> throw new IllegalArgumentException("an ACL entry \"" + entry + "\"");
          };
    }
    return permissions;
  }

  /** The layout is the kernel's {@code struct posix_acl_xattr_header}; little-endian. */
  private static Bytes encode(List<Entry> entries) {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(
        Comparator.comparingInt(Entry::tag)
            .thenComparing((a, b) -> Integer.compareUnsigned(a.id, b.id)));
    ByteBuffer out =
        ByteBuffer.allocate(HEADER_SIZE + ENTRY_SIZE * sorted.size())
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(VERSION);
    for (Entry entry : sorted) {
      out.putShort((short) entry.tag).putShort((short) entry.permissions).putInt(entry.id);
    }
    return Bytes.of(out.array());
  }
}

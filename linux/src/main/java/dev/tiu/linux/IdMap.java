package dev.tiu.linux;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which numbers of an image's users and groups are others on the device.
 *
 * <p>A number that isn't in it is the same on both. Nothing becomes root's, and root stays root.
 *
 * @param users with other numbers than the image gives them
 * @param groups likewise
 */
public record IdMap(List<Entry> users, List<Entry> groups) {
  /** All numbers are the image's. */
  public static final IdMap NONE = new IdMap(List.of(), List.of());

  /**
   * An account or group of the image's.
   *
   * @param name as in the file, a character for each byte
   * @param image its number in the image, the kernel's unsigned 32 bits
   * @param device its number here, likewise
   */
  public record Entry(String name, int image, int device) {
    public Entry {
      if (image == 0 || device == 0 || image == device) {
        throw new IllegalArgumentException(
            "%s can't be mapped from %s to %s"
                .formatted(
                    name, Integer.toUnsignedString(image), Integer.toUnsignedString(device)));
      }
    }
  }

  public IdMap {
    users = List.copyOf(users);
    groups = List.copyOf(groups);
    requireOneEach(users);
    requireOneEach(groups);
  }

  private static void requireOneEach(List<Entry> entries) {
    Map<Integer, Integer> seen = new HashMap<>();
    for (Entry entry : entries) {
      if (seen.computeIfAbsent(entry.image, number -> entry.device) != entry.device) {
        throw new IllegalArgumentException(
            "%s has two numbers here".formatted(Integer.toUnsignedString(entry.image)));
      }
    }
  }

  /** Whether all numbers are the image's. */
  public boolean isNone() {
    return users.isEmpty() && groups.isEmpty();
  }

  /** The device's number for a user of the image's. */
  public int uid(int image) {
    return find(users, image);
  }

  /** The device's number for a group of the image's. */
  public int gid(int image) {
    return find(groups, image);
  }

  /** They are few: those that a device had to move. */
  private static int find(List<Entry> entries, int image) {
    for (Entry entry : entries) {
      if (entry.image == image) {
        return entry.device;
      }
    }
    return image;
  }
}

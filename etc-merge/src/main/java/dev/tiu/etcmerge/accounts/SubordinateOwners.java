package dev.tiu.etcmerge.accounts;

import dev.tiu.linux.IdMap;
import java.util.List;

/**
 * Who is meant by the first field of a line of subuid or subgid: a user's name, or its number. Both
 * may be there for one user, and the number of the image's may be another one here.
 */
final class SubordinateOwners {
  private static final int UID = 2;

  private final FileMerge passwd;
  private final Fates users;
  private final IdMap previous;
  private final IdMap ids;

  /**
   * Of a merge whose numbers are found.
   *
   * @param previous which numbers of the base's image are others on the device
   * @param ids which of the new image's are
   */
  SubordinateOwners(FileMerge passwd, Fates users, IdMap previous, IdMap ids) {
    this.passwd = passwd;
    this.users = users;
    this.previous = previous;
    this.ids = ids;
  }

  /** A line of the image's as it is written here: with the device's number, if it has one. */
  Line here(Line image) {
    return isNumber(image.name()) ? image.with(0, number(ids.uid(image.number(0)))) : image;
  }

  /** The user's number on the device, or the name of one that isn't in passwd. */
  String ofImage(Line line) {
    return of(line, passwd.image(), ids);
  }

  String ofBase(Line line) {
    return of(line, passwd.base(), previous);
  }

  String ofLocal(Line line) {
    return of(line, passwd.local(), IdMap.NONE);
  }

  private static String of(Line line, Table accounts, IdMap map) {
    String name = line.name();
    if (isNumber(name)) {
      return number(map.uid(line.number(0)));
    }
    return accounts.find(name).map(user -> number(map.uid(user.number(UID)))).orElse(name);
  }

  /** Whether the device has deleted the user of a line of the image's. */
  boolean isDeleted(Line image) {
    if (!isNumber(image.name())) {
      return users.is(image.name(), Fate.DELETED);
    }
    List<Line> meant =
        passwd.image().records().stream()
            .filter(user -> user.number(UID) == image.number(0))
            .toList();
    return !meant.isEmpty() && meant.stream().allMatch(user -> users.is(user.name(), Fate.DELETED));
  }

  /** Whether the user of a line of the device's goes with this merge. */
  boolean isRemoved(Line local) {
    if (!isNumber(local.name())) {
      return users.is(local.name(), Fate.REMOVED);
    }
    List<Line> meant =
        passwd.local().records().stream()
            .filter(user -> user.number(UID) == local.number(0))
            .toList();
    return !meant.isEmpty() && meant.stream().allMatch(user -> users.is(user.name(), Fate.REMOVED));
  }

  private static boolean isNumber(String name) {
    return Line.isNumber(name);
  }

  private static String number(int uid) {
    return Integer.toUnsignedString(uid);
  }
}

package dev.tiu.etcmerge.accounts;

import dev.tiu.linux.IdMap;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Merges the accounts of an image into those of a device.
 *
 * <p>Records are merged by name; comments, what can't be read and what is for NIS stay where they
 * are, byte for byte. The device keeps every number it has given out: where the image means another
 * account by it, that one gets a free number here, and the map says so for the image's files. An
 * account that the image has dropped goes if nobody changed it and it has no files, else it stays
 * and is locked. One that the device has removed stays removed.
 */
public final class AccountMerge {
  private final Map<AccountFile, FileMerge> files = new EnumMap<>(AccountFile.class);
  private final IdMap previous;
  private final ImageOwners imageOwners;
  private final Notes notes = new Notes();

  private AccountMerge(
      AccountFiles base,
      AccountFiles local,
      AccountFiles image,
      IdMap previous,
      ImageOwners imageOwners) {
    this.previous = previous;
    this.imageOwners = imageOwners;
    for (AccountFile file : AccountFile.values()) {
      files.put(file, FileMerge.of(file, base, local, image));
    }
  }

  /** The same where nothing is known of the new image's files. */
  public static MergedAccounts merge(
      AccountFiles base, AccountFiles local, AccountFiles image, IdMap previous, FileOwners owners)
      throws IOException {
    return merge(base, local, image, previous, ImageOwners.UNKNOWN, owners);
  }

  /**
   * Merges.
   *
   * @param base of the image that the device has
   * @param local of the device
   * @param image of the new image
   * @param previous which numbers of the base's image are others on the device
   * @param imageOwners of the new image's files; numbers that those have already stay, where the
   *     device hasn't given them to others
   * @throws NoFreeIdException if an account needs another number and there is none
   * @throws IOException if {@code owners} can't say
   */
  public static MergedAccounts merge(
      AccountFiles base,
      AccountFiles local,
      AccountFiles image,
      IdMap previous,
      ImageOwners imageOwners,
      FileOwners owners)
      throws IOException {
    return new AccountMerge(base, local, image, previous, imageOwners).merge(owners);
  }

  private MergedAccounts merge(FileOwners owners) throws IOException {
    UserMerge userMerge =
        new UserMerge(file(AccountFile.PASSWD), file(AccountFile.SHADOW), previous, notes);
    Fates users = userMerge.fates(owners);
    GroupMerge groupMerge =
        new GroupMerge(
            file(AccountFile.GROUP),
            file(AccountFile.GSHADOW),
            file(AccountFile.PASSWD),
            users,
            previous,
            notes);
    Fates groups = groupMerge.fates(owners);
    IdMap ids = ids(users, groups);
    userMerge.merge(users, ids);
    groupMerge.merge(groups, ids);
    SubordinateOwners owner = new SubordinateOwners(file(AccountFile.PASSWD), users, previous, ids);
    new SubordinateMerge(file(AccountFile.SUBUID), file(AccountFile.SUBGID), owner, notes).merge();
    return new MergedAccounts(result(), ids, notes.all());
  }

  private FileMerge file(AccountFile file) {
    FileMerge merge = files.get(file);
    if (merge == null) {
      throw new IllegalStateException("no " + file);
    }
    return merge;
  }

  private IdMap ids(Fates users, Fates groups) throws NoFreeIdException {
    IdMap written = imageOwners.written();
    Numbers uids =
        new Numbers(
            file(AccountFile.PASSWD).image(),
            imageOwners.users(),
            users.numbers(),
            both(previous.users(), written.users()));
    Numbers gids =
        new Numbers(
            file(AccountFile.GROUP).image(),
            imageOwners.groups(),
            groups.numbers(),
            both(previous.groups(), written.groups()));
    Numbers.move(uids, gids);
    sayMoved(AccountFile.PASSWD, uids);
    sayMoved(AccountFile.GROUP, gids);
    return new IdMap(uids.entries(), gids.entries());
  }

  /** The later one of a name counts. */
  private static List<IdMap.Entry> both(List<IdMap.Entry> earlier, List<IdMap.Entry> later) {
    return Stream.concat(earlier.stream(), later.stream()).toList();
  }

  private void sayMoved(AccountFile file, Numbers numbers) {
    for (Numbers.Moved moved : numbers.moved()) {
      String before = Integer.toUnsignedString(moved.image());
      String after = Integer.toUnsignedString(moved.device());
      notes.sayNumberMoved(
          file,
          moved.name(),
          moved.isNamed()
              ? "its number %s is %s's here: it has %s, and so have its files"
                  .formatted(before, moved.holder(), after)
              : ("files of the image's have that number, which no account of it has, and it is %s's"
                      + " here: they have %s")
                  .formatted(moved.holder(), after));
    }
  }

  private AccountFiles result() {
    Map<AccountFile, String> texts = new EnumMap<>(AccountFile.class);
    files.forEach(
        (file, merge) -> {
          if (merge.isDecided()) {
            texts.put(file, merge.result().text());
          }
        });
    return AccountFiles.ofTexts(texts);
  }
}

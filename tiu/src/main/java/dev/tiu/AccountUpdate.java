package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.etcmerge.accounts.AccountFile;
import dev.tiu.etcmerge.accounts.AccountFiles;
import dev.tiu.etcmerge.accounts.AccountMerge;
import dev.tiu.etcmerge.accounts.AccountNote;
import dev.tiu.etcmerge.accounts.FileOwners;
import dev.tiu.etcmerge.accounts.ImageOwners;
import dev.tiu.etcmerge.accounts.MergedAccounts;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.IdMap;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.OwnerNumbers;
import dev.tiu.snapshot.SharedOwners;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The accounts of an update. They are merged before its files are planned, because those get the
 * numbers that come out; and once more with the /etc that the new snapshot begins with.
 */
final class AccountUpdate {
  private final AccountFiles base;
  private final AccountFiles image;
  private final IdMap previous;
  private final ImageOwners imageOwners;
  private final FileOwners owners;
  private final IdMap ids;
  private final List<AccountNote> moved;

  private AccountUpdate(
      AccountFiles base,
      AccountFiles local,
      AccountFiles image,
      IdMap previous,
      ImageOwners imageOwners,
      FileOwners owners)
      throws IOException {
    this.base = base;
    this.image = image;
    this.previous = previous;
    this.imageOwners = imageOwners;
    this.owners = owners;
    MergedAccounts merged = merge(local);
    this.ids = merged.ids();
    this.moved =
        merged.notes().stream()
            .filter(note -> note.kind() == AccountNote.Kind.NUMBER_MOVED)
            .toList();
  }

  private MergedAccounts merge(AccountFiles local) throws IOException {
    return AccountMerge.merge(base, local, image, previous, imageOwners, owners);
  }

  /** Of a device that gets an image; changes nothing. */
  static AccountUpdate of(Device device, SnapshotStore store, Snapshot base, Bundle image)
      throws IOException {
    try (Dir shipped = store.openShippedEtc(base.number());
        Dir live = store.openLiveEtc(base.number())) {
      AccountFiles before = AccountReader.read(shipped);
      return new AccountUpdate(
          before,
          AccountReader.read(live),
          AccountReader.read(image, before),
          previous(store, base),
          imageOwners(OwnerNumbers.of(image), IdMap.NONE),
          owners(device));
    }
  }

  /**
   * Of a device that goes to a snapshot that it has, whose files have their numbers already: {@link
   * #fits} says whether they still are right.
   */
  static AccountUpdate of(
      Device device, SnapshotStore store, Snapshot from, Snapshot to, RecordedImage image)
      throws IOException {
    try (Dir shipped = store.openShippedEtc(from.number());
        Dir live = store.openLiveEtc(from.number());
        Dir target = store.openShippedEtc(to.number())) {
      return new AccountUpdate(
          AccountReader.read(shipped),
          AccountReader.read(live),
          AccountReader.read(target),
          previous(store, from),
          imageOwners(image.owners(), store.ids(to.number())),
          owners(device));
    }
  }

  private static ImageOwners imageOwners(OwnerNumbers numbers, IdMap written) {
    return new ImageOwners(numbers.users(), numbers.groups(), written);
  }

  /** Whether the numbers that the new image's files have are those that they should have. */
  boolean fits() {
    return ids.equals(imageOwners.written());
  }

  /** Accounts of the new image whose files have a number that isn't theirs any more. */
  List<String> unfit() {
    Set<IdMap.Entry> wanted = new LinkedHashSet<>(ids.users());
    wanted.addAll(ids.groups());
    Set<IdMap.Entry> present = new LinkedHashSet<>(imageOwners.written().users());
    present.addAll(imageOwners.written().groups());
    Set<IdMap.Entry> changed = new LinkedHashSet<>(wanted);
    changed.removeAll(present);
    present.removeAll(wanted);
    changed.addAll(present);
    return changed.stream().map(IdMap.Entry::name).distinct().toList();
  }

  /**
   * Without it, what can't be told from names is found anew; that it is damaged shows elsewhere.
   */
  private static IdMap previous(SnapshotStore store, Snapshot base) throws IOException {
    try {
      return store.ids(base.number());
    } catch (DeviceException e) {
      return IdMap.NONE;
    }
  }

  private static FileOwners owners(Device device) {
    SharedOwners shared = new SharedOwners(device);
    return new FileOwners() {
      @Override
      public boolean ownsFiles(int uid) throws IOException {
        return shared.hasUser(uid);
      }

      @Override
      public boolean groupOwnsFiles(int gid) throws IOException {
        return shared.hasGroup(gid);
      }
    };
  }

  /** What there is to say of those that get another number by this update. */
  List<AccountNote> moved() {
    return moved;
  }

  /** Which numbers of the image's users and groups are others on the device. */
  IdMap ids() {
    return ids;
  }

  /**
   * Merges with what the device has by now.
   *
   * @param etc a copy of the device's
   * @throws DeviceException if accounts were changed so that the planned numbers are wrong
   */
  MergedAccounts merge(Dir etc) throws IOException {
    AccountFiles local = AccountReader.read(etc);
    MergedAccounts merged = merge(local);
    if (!merged.ids().equals(ids)) {
      throw new DeviceException(
          "accounts were changed while this update was at work, so that the image's files would"
              + " have the wrong owners. Nothing was changed by the update; run the same command"
              + " again");
    }
    return merged;
  }

  /** The contents by their paths in /etc. */
  static Map<BytePath, byte[]> contents(MergedAccounts merged) {
    Map<BytePath, byte[]> contents = new HashMap<>();
    for (AccountFile file : AccountFile.values()) {
      merged
          .files()
          .content(file)
          .ifPresent(content -> contents.put(BytePath.of(file.fileName()), content));
    }
    return contents;
  }
}

package dev.tiu;

import dev.tiu.etcmerge.EtcEdit;
import dev.tiu.etcmerge.Policies;
import dev.tiu.etcmerge.Policy;
import dev.tiu.etcmerge.text.Passwords;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What goes along when a device goes to another snapshot: secrets that, once changed, stay changed.
 * These are the paths of policy carry, and passwords.
 */
final class EtcCarry {
  private static final BytePath SHADOW = BytePath.of("shadow");
  private static final int LARGEST = 1 << 20;

  private final Dir from;
  private final Dir to;
  private final Policies policies;
  private final List<BytePath> carried = new ArrayList<>();
  private final List<BytePath> left = new ArrayList<>();

  /**
   * What became of them.
   *
   * @param from whose snapshot's they are
   * @param carried paths that were other ones there
   * @param left paths for which there is no place: a directory of theirs is missing there, or a
   *     link
   */
  record Result(int from, List<BytePath> carried, List<BytePath> left) {
    Result {
      carried = List.copyOf(carried);
      left = List.copyOf(left);
    }

    /**
     * Says what was carried; and what wasn't, and what that means.
     *
     * @param way that it went: {@code goes along}
     */
    void note(String way, Console console) {
      for (BytePath path : carried) {
        console.note("/etc/%s %s from snapshot %d".formatted(path, way, from));
      }
      for (BytePath path : left) {
        console.note(
            "/etc/%s doesn't go along: there /etc/%s is no directory, or /etc/%s is one. What is there stays; copy it by hand where that is wrong"
                .formatted(path, path.parent(), path));
      }
    }
  }

  private EtcCarry(Dir from, Dir to, Policies policies) {
    this.from = from;
    this.to = to;
    this.policies = policies;
  }

  /**
   * Takes them from one snapshot's live /etc to another's, by the policies of the one that is left;
   * each file at once.
   */
  static Result carry(SnapshotStore store, int from, int to) throws IOException {
    try (Dir source = store.openLiveEtc(from);
        Dir target = store.openLiveEtc(to);
        Dir sourceImage = store.openShippedEtc(from);
        Dir targetImage = store.openShippedEtc(to)) {
      Policies policies = EtcSettings.policies(source, EtcSettings.ofImage(store, from));
      EtcCarry carry = new EtcCarry(source, target, policies);
      carry.walk(source, BytePath.ROOT);
      carry.passwords(new Shipped(sourceImage, targetImage));
      return new Result(from, carry.carried, carry.left);
    }
  }

  /** What the images of the two ship. */
  private record Shipped(Dir from, Dir to) {}

  private void walk(Dir dir, BytePath path) throws IOException {
    for (DirEntry entry : dir.list()) {
      BytePath child = path.resolve(entry.name());
      if (entry.type() == FileType.DIRECTORY) {
        try (Dir below = dir.openDir(entry.name())) {
          walk(below, child);
        }
      } else if (policies.of(child) == Policy.CARRY) {
        switch (EtcEdit.carry(from, to, child)) {
          case YES -> carried.add(child);
          case NO_PLACE -> left.add(child);
          case SAME -> {}
        }
      }
    }
  }

  private void passwords(Shipped shipped) throws IOException {
    if (isSmallFile(from) && isSmallFile(to)) {
      Optional<byte[]> newer =
          Passwords.carried(read(from), read(to), read(shipped.from()), read(shipped.to()));
      if (newer.isPresent()) {
        EtcEdit.write(to, SHADOW, newer.get());
        carried.add(SHADOW);
      }
    }
  }

  private static byte[] read(Dir etc) throws IOException {
    return isSmallFile(etc) ? etc.readAll(SHADOW, LARGEST) : new byte[0];
  }

  private static boolean isSmallFile(Dir etc) throws IOException {
    Optional<FileStatus> status = etc.find(SHADOW);
    return status.filter(s -> s.type() == FileType.REGULAR && s.size() <= LARGEST).isPresent();
  }
}

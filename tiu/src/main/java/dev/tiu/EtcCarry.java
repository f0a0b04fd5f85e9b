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

  private EtcCarry(Dir from, Dir to, Policies policies) {
    this.from = from;
    this.to = to;
    this.policies = policies;
  }

  /**
   * Takes them from one live /etc to another; each file at once. Gives the paths that were other
   * ones there.
   *
   * @param policies of the /etc that is left
   */
  static List<BytePath> carry(Dir from, Dir to, Policies policies) throws IOException {
    EtcCarry carry = new EtcCarry(from, to, policies);
    carry.walk(from, BytePath.ROOT);
    carry.passwords();
    return List.copyOf(carry.carried);
  }

  private void walk(Dir dir, BytePath path) throws IOException {
    for (DirEntry entry : dir.list()) {
      BytePath child = path.resolve(entry.name());
      if (entry.type() == FileType.DIRECTORY) {
        try (Dir below = dir.openDir(entry.name())) {
          walk(below, child);
        }
      } else if (policies.of(child) == Policy.CARRY && EtcEdit.carry(from, to, child)) {
        carried.add(child);
      }
    }
  }

  private void passwords() throws IOException {
    if (isSmallFile(from) && isSmallFile(to)) {
      Optional<byte[]> newer =
          Passwords.carried(from.readAll(SHADOW, LARGEST), to.readAll(SHADOW, LARGEST));
      if (newer.isPresent()) {
        EtcEdit.write(to, SHADOW, newer.get());
        carried.add(SHADOW);
      }
    }
  }

  private static boolean isSmallFile(Dir etc) throws IOException {
    Optional<FileStatus> status = etc.find(SHADOW);
    return status.filter(s -> s.type() == FileType.REGULAR && s.size() <= LARGEST).isPresent();
  }
}

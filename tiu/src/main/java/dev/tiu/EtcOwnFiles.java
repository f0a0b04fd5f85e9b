package dev.tiu;

import dev.tiu.etcmerge.accounts.AccountFile;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Files of /etc that say who uses a device and what it is: an image's version never takes their
 * place as a whole, since what else goes by them would be left without.
 */
final class EtcOwnFiles {
  private static final int LARGEST = 16 << 20;

  private EtcOwnFiles() {}

  /**
   * Refuses to make a path what the image ships.
   *
   * @param then what else to do, for the person who asked
   */
  static void requireReplaceable(EtcPlace etc, BytePath path, String then) throws IOException {
    Optional<AccountFile> accounts =
        Arrays.stream(AccountFile.values())
            .filter(file -> path.equals(BytePath.of(file.fileName())))
            .findFirst();
    if (accounts.isPresent() && !isSame(etc, path)) {
      throw new UsageException(
          "/etc/%s has this device's accounts; the image's file would take away those that were made here, in one file and not in the others. Nothing was changed. Change single accounts with %s%s"
              .formatted(path, tools(accounts.get()), then));
    }
    boolean isConfiguration =
        Configuration.PATH.startsWith(path) && content(etc.live(), Configuration.PATH).isPresent();
    if (isConfiguration && !isSame(etc, Configuration.PATH)) {
      throw new UsageException(
          "/etc/%s says what this device is and how it starts, which no image knows: without it no update would fit. Nothing was changed. Edit the file%s"
              .formatted(Configuration.PATH, then));
    }
  }

  private static String tools(AccountFile file) {
    return switch (file) {
      case PASSWD -> "usermod, userdel or vipw";
      case SHADOW -> "passwd, chage or usermod";
      case GROUP -> "groupmod, gpasswd or vigr";
      case GSHADOW -> "gpasswd or vigr -s";
      case SUBUID -> "usermod --add-subuids and --del-subuids";
      case SUBGID -> "usermod --add-subgids and --del-subgids";
    };
  }

  private static boolean isSame(EtcPlace etc, BytePath path) throws IOException {
    Optional<byte[]> live = content(etc.live(), path);
    Optional<byte[]> shipped = content(etc.shipped(), path);
    return live.isPresent() == shipped.isPresent()
        && (live.isEmpty() || Arrays.equals(live.get(), shipped.orElseThrow()));
  }

  private static Optional<byte[]> content(Dir tree, BytePath path) throws IOException {
    // Where a link is the directory, what lies behind it isn't what is replaced.
    boolean isHere =
        path.parent().isRoot()
            || tree.find(path.parent()).filter(s -> s.type() == FileType.DIRECTORY).isPresent();
    boolean file = isHere && tree.find(path).filter(s -> s.type() == FileType.REGULAR).isPresent();
    return file ? Optional.of(tree.readAll(path, LARGEST)) : Optional.empty();
  }
}

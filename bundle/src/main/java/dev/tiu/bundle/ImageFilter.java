package dev.tiu.bundle;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileType;
import dev.tiu.linux.Glob;
import java.util.List;
import java.util.Optional;

/**
 * What must never be in an image: what only one machine or one boot may have.
 *
 * <p>Everything is decided by one table, {@link #RULES}, the same that {@code docs/format.md}
 * shows. A pattern to keep overrides it, for the entry that matches and all that lies below.
 */
final class ImageFilter {
  /** What a rule does. */
  enum Action {
    /** The directory stays, empty. */
    EMPTY_DIRECTORY,
    /** The file stays, empty. */
    EMPTY_FILE,
    /** The file is left out; links and directories of that name stay. */
    LEAVE_OUT
  }

  /**
   * A rule.
   *
   * @param pattern for {@link Glob#ofPath}; of the directory itself for {@link
   *     Action#EMPTY_DIRECTORY}
   */
  record Rule(String pattern, Action action, String reason) {
    private boolean applies(TreeEntry entry) {
      if (action == Action.EMPTY_DIRECTORY) {
        BytePath directory = BytePath.of(pattern);
        return !entry.path().equals(directory) && entry.path().startsWith(directory);
      }
      return entry.type() == FileType.REGULAR && Glob.ofPath(pattern).matches(entry.path());
    }
  }

  private static final String KERNEL = "the kernel fills it on the device";
  private static final String EVERY_BOOT = "it is empty at every boot";
  private static final String HOST_KEY = "each device needs host keys of its own";
  private static final String SEED = "random seeds must never be shared";
  private static final String INITRD = "each device makes its own initrd";

  static final List<Rule> RULES =
      List.of(
          new Rule("dev", Action.EMPTY_DIRECTORY, KERNEL),
          new Rule("proc", Action.EMPTY_DIRECTORY, KERNEL),
          new Rule("sys", Action.EMPTY_DIRECTORY, KERNEL),
          new Rule("run", Action.EMPTY_DIRECTORY, EVERY_BOOT),
          new Rule("tmp", Action.EMPTY_DIRECTORY, EVERY_BOOT),
          new Rule("etc/machine-id", Action.EMPTY_FILE, "each device has an ID of its own"),
          new Rule("var/lib/dbus/machine-id", Action.LEAVE_OUT, "each device has an ID of its own"),
          new Rule("etc/ssh/ssh_host_*_key", Action.LEAVE_OUT, HOST_KEY),
          new Rule("etc/ssh/ssh_host_*_key.pub", Action.LEAVE_OUT, HOST_KEY),
          new Rule("var/lib/systemd/random-seed", Action.LEAVE_OUT, SEED),
          new Rule("var/lib/random-seed", Action.LEAVE_OUT, SEED),
          new Rule("var/lib/urandom/random-seed", Action.LEAVE_OUT, SEED),
          new Rule("boot/loader/random-seed", Action.LEAVE_OUT, SEED),
          new Rule("boot/efi/loader/random-seed", Action.LEAVE_OUT, SEED),
          new Rule("efi/loader/random-seed", Action.LEAVE_OUT, SEED),
          new Rule("etc/resolv.conf", Action.LEAVE_OUT, "it is the build machine's"),
          new Rule("boot/initrd.img*", Action.LEAVE_OUT, INITRD),
          new Rule("boot/initrd-*", Action.LEAVE_OUT, INITRD),
          new Rule("boot/initramfs-*", Action.LEAVE_OUT, INITRD),
          new Rule("boot/firmware/initramfs*", Action.LEAVE_OUT, INITRD));

  /** The patterns of initrds, for images that bring theirs. */
  static final List<String> INITRDS =
      RULES.stream().filter(rule -> rule.reason.equals(INITRD)).map(Rule::pattern).toList();

  private final List<Glob> kept;

  ImageFilter(List<String> kept) {
    this.kept = kept.stream().map(Glob::ofPath).toList();
  }

  /** The rule that strikes an entry, unless it is kept or has nothing to lose. */
  Optional<Rule> rule(TreeEntry entry) {
    Optional<Rule> rule = RULES.stream().filter(r -> r.applies(entry)).findFirst();
    boolean emptyAlready =
        rule.isPresent()
            && rule.get().action == Action.EMPTY_FILE
            && entry.hardLink().isEmpty()
            && entry.size() == 0;
    return emptyAlready || isKept(entry.path()) ? Optional.empty() : rule;
  }

  /** Whether anything below a directory can be in the image. */
  boolean wantsBelow(BytePath directory) {
    boolean emptied =
        RULES.stream()
            .filter(rule -> rule.action == Action.EMPTY_DIRECTORY)
            .anyMatch(rule -> directory.startsWith(BytePath.of(rule.pattern)));
    return !emptied || kept.stream().anyMatch(glob -> mayMatchBelow(glob, directory));
  }

  private boolean isKept(BytePath path) {
    for (BytePath at = path; !at.isRoot(); at = at.parent()) {
      for (Glob glob : kept) {
        if (glob.matches(at)) {
          return true;
        }
      }
    }
    return false;
  }

  /** By the pattern's text before its first special character; true when that doesn't tell. */
  private static boolean mayMatchBelow(Glob glob, BytePath directory) {
    String fixed = glob.toString().split("[*?]", -1)[0];
    String below = directory + "/";
    return fixed.startsWith(below) || below.startsWith(fixed);
  }
}

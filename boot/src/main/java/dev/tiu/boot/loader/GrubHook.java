package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.BootException;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How the GRUB that a machine has already gets to tiu's script.
 *
 * <pre>
 * on the partition                        whose                         what is added
 * EFI/debian/grub.cfg, EFI/opensuse/…,    the few lines that lead to    tiu's script where it is, else
 * EFI/BOOT/grub.cfg                       the system's grub.cfg         those lines
 * grub/grub.cfg, grub2/grub.cfg           the system's own, where the   custom.cfg beside it, which
 *                                         partition is its /boot        that one reads at its end
 * </pre>
 *
 * <p>Without {@code tiu/grub.cfg} either starts what it did before.
 */
final class GrubHook {
  private static final int LIMIT = 1 << 20;
  private static final BytePath EFI = BytePath.of("EFI");
  private static final List<BytePath> DIRECTORIES =
      List.of(BytePath.of("grub"), BytePath.of("grub2"));
  private static final BytePath CONFIG = BytePath.of("grub.cfg");
  private static final BytePath CUSTOM = BytePath.of("custom.cfg");

  private static final Pattern LEADS_TO_TIU =
      Pattern.compile("(?m)^[ \\t]*(source|configfile|\\.)[ \\t]+\\S*/tiu/grub\\.cfg");

  /** The device of the directory that GRUB has its modules in. */
  private static final String IN_CUSTOM =
      """
      # tiu: the snapshots. Without /tiu/grub.cfg all is as before.
      regexp --set=1:tiu_device '^\\(([^)]+)\\)' "${prefix}"
      if [ -f "(${tiu_device})/tiu/grub.cfg" ]; then
        set root="${tiu_device}"
        source /tiu/grub.cfg
      fi
      """;

  private static final String BY_HAND =
      "Add to the one that this machine starts, by hand: source /tiu/grub.cfg, with this partition"
          + " as root.";

  private final Dir partition;

  /** A file, what it has and what it shall have: a character for each byte. */
  record Change(BytePath path, String before, String after) {
    /** As a diff shows it. */
    List<String> lines() {
      List<String> old = text(before).lines().toList();
      List<String> diff = new ArrayList<>(List.of("--- " + path, "+++ " + path));
      text(after)
          .lines()
          .filter(line -> !line.matches("#+"))
          .map(line -> (old.contains(line) ? " " : "+") + line)
          .forEach(diff::add);
      return diff;
    }

    private static String text(String bytes) {
      return new String(bytes.getBytes(ISO_8859_1), UTF_8);
    }
  }

  GrubHook(Dir partition) {
    this.partition = partition;
  }

  /**
   * What is to be changed; nothing where GRUB gets there already.
   *
   * @throws BootException if it can't be told what the machine starts, or that can't be changed
   */
  List<Change> changes() throws IOException {
    SortedMap<BytePath, String> stubs = stubs();
    Optional<BytePath> own = ownDirectory();
    if (stubs.values().stream().anyMatch(GrubHook::leadsToTiu)
        || (own.isPresent() && anyLeadsToTiu(own.get()))) {
      return List.of();
    }
    if (!stubs.isEmpty()) {
      requireOneSystem(stubs);
      List<Change> changes = new ArrayList<>();
      for (var stub : stubs.entrySet()) {
        changes.add(
            new Change(stub.getKey(), stub.getValue(), first(stub.getKey(), stub.getValue())));
      }
      return changes;
    }
    return own.isPresent() ? List.of(inCustom(own.get())) : List.of();
  }

  /** Makes them. */
  void make(List<Change> changes) throws IOException {
    for (Change change : changes) {
      if (change.path().name().equals(CUSTOM)) {
        FatFiles.replace(partition, change.path(), change.after().getBytes(ISO_8859_1));
      } else {
        // Longer first, by a comment; then the one sector that it is.
        FatFiles.append(partition, change.path(), padding(change.before().length()));
        FatFiles.replaceSector(partition, change.path(), change.after().getBytes(ISO_8859_1));
      }
    }
  }

  private SortedMap<BytePath, String> stubs() throws IOException {
    SortedMap<BytePath, String> stubs = new TreeMap<>();
    if (isDirectory(EFI)) {
      try (Dir efi = partition.openDir(EFI)) {
        for (DirEntry vendor : efi.list()) {
          BytePath path = EFI.resolve(vendor.name()).resolve(CONFIG);
          if (vendor.type() == FileType.DIRECTORY && isFile(path)) {
            stubs.put(path, read(path));
          }
        }
      }
    }
    return stubs;
  }

  private Optional<BytePath> ownDirectory() throws IOException {
    for (BytePath directory : DIRECTORIES) {
      if (isFile(directory.resolve(CONFIG))) {
        return Optional.of(directory);
      }
    }
    return Optional.empty();
  }

  private boolean anyLeadsToTiu(BytePath directory) throws IOException {
    return leadsToTiu(read(directory.resolve(CONFIG)))
        || leadsToTiu(read(directory.resolve(CUSTOM)));
  }

  private static boolean leadsToTiu(String script) {
    return LEADS_TO_TIU.matcher(script).find();
  }

  /** Empty where there is none. */
  private String read(BytePath path) throws IOException {
    return new String(FatFiles.read(partition, path, LIMIT), ISO_8859_1);
  }

  private boolean isFile(BytePath path) throws IOException {
    return isDirectory(path.parent())
        && partition.find(path).filter(s -> s.type() == FileType.REGULAR).isPresent();
  }

  private boolean isDirectory(BytePath path) throws IOException {
    return partition.find(path).filter(s -> s.type() == FileType.DIRECTORY).isPresent();
  }

  /** One system may have the same lines twice, in EFI/BOOT too. */
  private static void requireOneSystem(SortedMap<BytePath, String> stubs) throws BootException {
    if (stubs.values().stream().distinct().count() > 1) {
      throw new BootException(
          "The boot partition has the GRUB of several systems: %s"
              .formatted(
                  String.join(", ", stubs.keySet().stream().map(BytePath::toString).toList())),
          FatFiles.AS_IT_WAS,
          BY_HAND);
    }
  }

  /** All in one sector, which a disk writes whole or not at all. */
  private static String first(BytePath path, String stub) throws BootException {
    String lines =
        """
        # tiu: the snapshots. Without /tiu/grub.cfg all is as before.
        if search --no-floppy --file --hint="${root}" --set=tiu_root /tiu/grub.cfg; then
        set root="${tiu_root}"
        source /tiu/grub.cfg
        else
        %s
        fi
        """
            .formatted(withoutPadding(stub));
    if (lines.length() > Sector.SIZE || stub.length() > Sector.SIZE) {
      throw new BootException(
          "%s on the boot partition is longer than the few lines that lead GRUB to a system"
              .formatted(path),
          FatFiles.AS_IT_WAS,
          BY_HAND);
    }
    return lines + "#".repeat(Sector.SIZE - lines.length());
  }

  /** That of a run which was cut off, too. */
  private static String withoutPadding(String stub) {
    String text = stub.stripTrailing();
    int line = text.lastIndexOf('\n') + 1;
    return (text.substring(line).matches("#+") ? text.substring(0, line) : text).stripTrailing();
  }

  private static byte[] padding(int length) {
    int missing = Math.max(0, Sector.SIZE - length);
    return (missing == 0 ? "" : "\n" + "#".repeat(missing - 1)).getBytes(ISO_8859_1);
  }

  private Change inCustom(BytePath directory) throws IOException {
    BytePath config = directory.resolve(CONFIG);
    if (!read(config).contains("/custom.cfg")) {
      throw new BootException(
          "%s on the boot partition doesn't read a custom.cfg".formatted(config),
          FatFiles.AS_IT_WAS,
          "Have it made anew (update-grub, grub2-mkconfig) with /etc/grub.d/41_custom, or add to it:"
              + " source /tiu/grub.cfg, with this partition as root.");
    }
    BytePath path = directory.resolve(CUSTOM);
    String old = read(path);
    String separator = old.isEmpty() || old.endsWith("\n") ? "" : "\n";
    return new Change(path, old, old + separator + IN_CUSTOM);
  }
}

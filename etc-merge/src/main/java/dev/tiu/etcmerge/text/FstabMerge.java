package dev.tiu.etcmerge.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * Merges {@code /etc/fstab} by mount point, and within an entry by field (fstab(5)).
 *
 * <p>The local order and comments stay. Some entries are the device's own, for what its snapshots
 * share: no image changes them, and they name the file system they lie on.
 */
public final class FstabMerge {
  /**
   * Where a shared part of the device is mounted from.
   *
   * @param source such as {@code UUID=…}
   * @param subvolume option that says which, {@code subvol=@/var}; empty for the root
   */
  public record Own(String source, Optional<String> subvolume) {}

  /** What came of it. */
  public static final class Result {
    private final byte[] content;
    private final List<String> conflicts;

    private Result(byte[] content, List<String> conflicts) {
      this.content = content;
      this.conflicts = List.copyOf(conflicts);
    }

    /** The merged file; the caller's own. */
    public byte[] content() {
      return content.clone();
    }

    /** Mount points at which both sides changed the same field: the local one stays. */
    public List<String> conflicts() {
      return conflicts;
    }
  }

  private static final String BTRFS = "btrfs";

  /** One that isn't within quotes, as the contexts of SELinux have some. */
  private static final String OPTION_COMMA = ",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)";

  /**
   * Options that mean the same for every file system (mount(8), "Filesystem-independent mount
   * options"): with one of another's, btrfs wouldn't be mounted.
   */
  private static final Set<String> INDEPENDENT =
      Set.of(
          "_netdev",
          "async",
          "atime",
          "auto",
          "defaults",
          "dev",
          "diratime",
          "dirsync",
          "exec",
          "group",
          "iversion",
          "lazytime",
          "noatime",
          "noauto",
          "nodev",
          "nodiratime",
          "noexec",
          "nofail",
          "noiversion",
          "nolazytime",
          "norelatime",
          "nostrictatime",
          "nosuid",
          "nosymfollow",
          "nouser",
          "owner",
          "relatime",
          "ro",
          "rw",
          "strictatime",
          "suid",
          "sync",
          "user",
          "users");

  /** The fields of an entry; what is missing at the end is 0. */
  private record Entry(List<String> fields, String line) {
    private static final int FIELDS = 6;
    private static final int TYPE = 2;
    private static final int OPTIONS = 3;

    static Optional<Entry> of(String line) {
      String[] fields = line.strip().split("[ \\t]+", -1);
      if (fields[0].isEmpty() || fields[0].startsWith("#") || fields.length < OPTIONS) {
        return Optional.empty();
      }
      List<String> all =
          new ArrayList<>(Arrays.asList(fields).subList(0, Math.min(FIELDS, fields.length)));
      if (all.size() == OPTIONS) {
        all.add("defaults");
      }
      while (all.size() < FIELDS) {
        all.add("0");
      }
      return Optional.of(new Entry(all, line));
    }

    /** The mount point; for swap and the like, which have none, what is used. */
    String key() {
      String place = fields.get(1);
      return place.startsWith("/") ? place : fields.get(0);
    }

    Entry with(List<String> other) {
      return other.equals(fields) ? this : new Entry(other, String.join(" ", other));
    }
  }

  private final Map<String, Entry> base;
  private final Map<String, Entry> image;
  private final SortedMap<String, Own> own;
  private final List<String> merged = new ArrayList<>();
  private final Set<String> done = new HashSet<>();
  private final List<String> conflicts = new ArrayList<>();

  private FstabMerge(Text base, Text image, SortedMap<String, Own> own) {
    this.base = entries(base);
    this.image = entries(image);
    this.own = own;
  }

  /**
   * Merges them.
   *
   * @param own the device's own entries, by mount point
   * @return empty if one of them is no text
   */
  public static Optional<Result> merge(
      byte[] base, byte[] local, byte[] image, SortedMap<String, Own> own) {
    Optional<Text> common = Text.of(base);
    Optional<Text> ours = Text.of(local);
    Optional<Text> theirs = Text.of(image);
    if (common.isEmpty() || ours.isEmpty() || theirs.isEmpty()) {
      return Optional.empty();
    }
    FstabMerge merge = new FstabMerge(common.get(), theirs.get(), own);
    merge.run(ours.get());
    boolean complete = merge.merged.equals(ours.get().lines()) ? ours.get().complete() : true;
    return Optional.of(
        new Result(ours.get().with(merge.merged, complete).toBytes(), merge.conflicts));
  }

  private static Map<String, Entry> entries(Text text) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (String line : text.lines()) {
      Entry.of(line).ifPresent(entry -> entries.putIfAbsent(entry.key(), entry));
    }
    return entries;
  }

  private void run(Text local) {
    for (String line : local.lines()) {
      Optional<Entry> entry = Entry.of(line);
      if (entry.isEmpty() || !done.add(entry.get().key())) {
        merged.add(line); // A comment, or a second mount over the first one.
      } else {
        mergeEntry(entry.get()).ifPresent(kept -> merged.add(kept.line()));
      }
    }
    image.forEach(
        (key, entry) -> {
          if (!done.contains(key) && !base.containsKey(key) && !own.containsKey(key)) {
            merged.add(entry.line());
          }
        });
    own.forEach(
        (place, mount) -> {
          if (!done.contains(place)) {
            merged.add(String.join(" ", owned(place, mount, List.of())));
          }
        });
  }

  private Optional<Entry> mergeEntry(Entry local) {
    String key = local.key();
    Own mount = own.get(key);
    if (mount != null) {
      return Optional.of(local.with(owned(key, mount, local)));
    }
    Optional<Entry> before = Optional.ofNullable(base.get(key));
    Optional<Entry> theirs = Optional.ofNullable(image.get(key));
    if (theirs.isEmpty()) {
      boolean unchanged = before.filter(b -> b.fields().equals(local.fields())).isPresent();
      return unchanged ? Optional.empty() : Optional.of(local);
    }
    return Optional.of(before.isEmpty() ? local : byField(before.get(), local, theirs.get()));
  }

  private Entry byField(Entry before, Entry local, Entry theirs) {
    List<String> fields = new ArrayList<>();
    for (int i = 0; i < Entry.FIELDS; i++) {
      String old = before.fields().get(i);
      String mine = local.fields().get(i);
      String other = theirs.fields().get(i);
      boolean both = !old.equals(mine) && !old.equals(other) && !mine.equals(other);
      if (both && !conflicts.contains(local.key())) {
        conflicts.add(local.key());
      }
      fields.add(old.equals(mine) ? other : mine);
    }
    return local.with(fields);
  }

  private static List<String> owned(String place, Own mount, Entry local) {
    List<String> options = List.of(local.fields().get(Entry.OPTIONS).split(OPTION_COMMA, -1));
    boolean fits = local.fields().get(Entry.TYPE).equals(BTRFS);
    return owned(
        place, mount, fits ? options : options.stream().filter(FstabMerge::isOfAny).toList());
  }

  /** The device's own entry with the admin's other options. */
  private static List<String> owned(String place, Own mount, List<String> options) {
    List<String> kept = new ArrayList<>();
    for (String option : options) {
      if (!option.startsWith("subvol=") && !option.startsWith("subvolid=")) {
        kept.add(option);
      }
    }
    mount.subvolume().ifPresent(kept::add);
    if (kept.size() > 1) {
      kept.remove("defaults");
    }
    String all = kept.isEmpty() ? "defaults" : String.join(",", kept);
    return List.of(mount.source(), place, BTRFS, all, "0", "0");
  }

  /** Whether an option is one that any file system has. */
  private static boolean isOfAny(String option) {
    String lower = option.toLowerCase(Locale.ROOT);
    return INDEPENDENT.contains(option)
        || lower.startsWith("x-")
        || option.matches("(fs|def|root)?context=.*")
        || option.startsWith("comment=");
  }
}

package dev.tiu.bundle;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Makes of a source's tree the one that is packed: filtered, complete, each entry as squashfs can
 * store it; and hands it on in the order it comes.
 */
final class TreeFeed implements TreeSource.Visitor {
  private static final long MAX_TIME = 0xffffffffL;

  private final String source;
  private final ImageFilter filter;
  private final CreateListener listener;
  private final long created;
  private final TreeSink sink;

  private final Map<BytePath, TreeEntry> packed = new HashMap<>();
  private final Map<BytePath, TreeEntry> directoriesLeftOut = new HashMap<>();
  private final Set<BytePath> leftOut = new HashSet<>();
  private final Set<BytePath> implied = new HashSet<>();
  private final SortedMap<BytePath, String> notes = new TreeMap<>();
  private final SortedMap<BytePath, Integer> emptied = new TreeMap<>();

  TreeFeed(
      String source, ImageFilter filter, long created, CreateListener listener, TreeSink sink) {
    this.source = source;
    this.filter = filter;
    this.created = created;
    this.listener = listener;
    this.sink = sink;
  }

  @Override
  public boolean wantsBelow(TreeEntry directory) {
    return filter.wantsBelow(directory.path());
  }

  @Override
  public boolean entry(TreeEntry entry, InputStream content) throws IOException {
    Optional<ImageFilter.Rule> rule = filter.rule(entry);
    if (rule.isPresent() && !isEmptied(entry, rule.get())) {
      leaveOut(entry, rule.get());
      return false;
    }
    if (entry.type() == FileType.SOCKET) {
      notes.put(entry.path(), "left out: a socket is made by the program that listens on it");
      leftOut.add(entry.path());
      return false;
    }
    if (isKnown(entry)) {
      return true;
    }
    makeParents(entry.path().parent(), entry);
    if (rule.isPresent()) {
      notes.put(entry.path(), "emptied: " + rule.get().reason());
    }
    write(storable(rule.isPresent() ? entry.withoutContent() : entry), content);
    return true;
  }

  /** Hands over the directories that the source had only as part of longer names, and the notes. */
  void finish() throws IOException {
    for (BytePath directory : new TreeSet<>(implied)) {
      hand(TreeEntry.impliedDirectory(directory, created), InputStream.nullInputStream());
    }
    emptied.forEach(
        (directory, count) ->
            notes.put(
                directory,
                count + (count == 1 ? " entry" : " entries") + " left out: " + reason(directory)));
    notes.forEach((path, what) -> listener.note(new Note(path, what)));
  }

  private static String reason(BytePath directory) {
    return ImageFilter.RULES.stream()
        .filter(rule -> BytePath.of(rule.pattern()).equals(directory))
        .map(ImageFilter.Rule::reason)
        .findFirst()
        .orElseThrow();
  }

  private static boolean isEmptied(TreeEntry entry, ImageFilter.Rule rule) {
    return rule.action() == ImageFilter.Action.EMPTY_FILE && entry.hardLink().isEmpty();
  }

  private void leaveOut(TreeEntry entry, ImageFilter.Rule rule) throws IOException {
    leftOut.add(entry.path());
    if (rule.action() == ImageFilter.Action.EMPTY_DIRECTORY) {
      emptied.merge(BytePath.of(rule.pattern()), 1, Integer::sum);
      makeParents(BytePath.of(rule.pattern()), entry);
    } else {
      makeParents(entry.path().parent(), entry);
      notes.put(entry.path(), "left out: " + rule.reason());
    }
    if (entry.type() == FileType.DIRECTORY) {
      directoriesLeftOut.put(entry.path(), entry);
    }
  }

  /** Whether the entry repeats a directory; any other repetition is an error. */
  private boolean isKnown(TreeEntry entry) throws IOException {
    TreeEntry before = packed.get(entry.path());
    boolean directory = entry.type() == FileType.DIRECTORY;
    if (before != null && directory && before.equals(storable(entry))) {
      return true;
    }
    if (before != null) {
      throw failure(entry, "appears twice; tiu packs archives in which each name appears once");
    }
    if (implied.contains(entry.path()) && !directory) {
      throw failure(entry, "isn't a directory, but other entries lie below it");
    }
    return false;
  }

  private void makeParents(BytePath parent, TreeEntry below) throws IOException {
    if (below.path().isRoot() || implied.contains(parent)) {
      return;
    }
    TreeEntry known = packed.get(parent);
    if (known != null) {
      if (known.type() != FileType.DIRECTORY) {
        throw failure(below, "lies below " + parent + ", which isn't a directory");
      }
      return;
    }
    if (!parent.isRoot()) {
      makeParents(parent.parent(), below);
    }
    TreeEntry left = directoriesLeftOut.get(parent);
    if (left != null) {
      write(storable(left), InputStream.nullInputStream());
    } else {
      implied.add(parent);
    }
  }

  /** The entry as squashfs can store it, with a note for what it can't. */
  private TreeEntry storable(TreeEntry entry) throws TreeException {
    long time = Math.max(0, Math.min(entry.mtime(), MAX_TIME));
    if (time != entry.mtime()) {
      String beyond = " seconds after 1970, is beyond what squashfs can store, and became ";
      notes.put(entry.path(), "its time, " + entry.mtime() + beyond + time);
    }
    Consumer<String> leftOut =
        name ->
            notes.put(
                entry.path(),
                "the xattr " + name + " left out: it is of the build machine's file system");
    try {
      return entry.withMtime(time).withXattrs(Xattrs.stored(entry.xattrs(), leftOut));
    } catch (IllegalArgumentException e) {
      throw failure(entry, String.valueOf(e.getMessage()));
    }
  }

  private void write(TreeEntry entry, InputStream content) throws IOException {
    implied.remove(entry.path());
    if (entry.hardLink().isPresent()) {
      checkLink(entry, entry.hardLink().get());
    }
    hand(entry, content);
  }

  private void hand(TreeEntry entry, InputStream content) throws IOException {
    packed.put(entry.path(), entry);
    if (packed.size() >= Manifest.MAX_INODES) {
      throw failure(entry, "the tree has more than " + Manifest.MAX_INODES + " entries");
    }
    sink.add(entry, content);
  }

  private void checkLink(TreeEntry entry, BytePath target) throws IOException {
    TreeEntry linked = packed.get(target);
    if (linked == null) {
      throw failure(
          entry,
          leftOut.contains(target)
              ? "a hard link to " + target + ", which is left out (--keep would keep it)"
              : "a hard link to " + target + ", which doesn't come before it");
    }
    if (linked.type() == FileType.DIRECTORY) {
      throw failure(entry, "a hard link to the directory " + target);
    }
  }

  private TreeException failure(TreeEntry entry, String problem) {
    return new TreeException(source, entry.path().toString(), problem);
  }
}

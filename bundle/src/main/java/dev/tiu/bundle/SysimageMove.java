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

/**
 * Puts what is image-owned under {@code usr/lib/sysimage}, and links in its place.
 *
 * <p>A path that is a link already stays as it is: so distributions arrange it themselves. In what
 * order the entries come doesn't matter; what stands where something may still be moved to is held
 * back until the end.
 */
final class SysimageMove implements TreeSink {
  private final String source;
  private final ImageOwned owned;
  private final CreateListener listener;
  private final TreeSink sink;

  /** What was moved, by the place it has now: the path in the source, and its time. */
  private final SortedMap<BytePath, Moved> moved = new TreeMap<>();

  /** Entries of the source at places, which give way if something is moved there. */
  private final SortedMap<BytePath, TreeEntry> held = new TreeMap<>();

  /** What of the source is in the way of a place. */
  private final Map<BytePath, BytePath> inTheWay = new HashMap<>();

  private final Set<BytePath> links = new HashSet<>();
  private final Set<BytePath> directories = new HashSet<>();

  private record Moved(BytePath path, long mtime) {}

  SysimageMove(String source, ImageOwned owned, CreateListener listener, TreeSink sink) {
    this.source = source;
    this.owned = owned;
    this.listener = listener;
    this.sink = sink;
  }

  @Override
  public void add(TreeEntry entry, InputStream content) throws IOException {
    Optional<BytePath> owner = owned.owner(entry.path());
    boolean linked = entry.type() == FileType.SYMLINK && owner.equals(Optional.of(entry.path()));
    if (linked) {
      links.add(entry.path());
    }
    if (owner.isPresent() && !linked) {
      move(entry, content, owner.get());
    } else if (!isHeld(entry)) {
      sink.add(entry.withHardLink(entry.hardLink().map(this::movedName)), content);
    }
  }

  private void move(TreeEntry entry, InputStream content, BytePath owner) throws IOException {
    BytePath place = ImageOwned.place(owner);
    boolean itself = entry.path().equals(owner);
    moved.merge(
        place,
        new Moved(owner, itself ? entry.mtime() : 0),
        (a, b) -> new Moved(owner, Math.max(a.mtime(), b.mtime())));
    requireFree(place);
    sink.add(
        entry.withPath(movedName(entry.path())).withHardLink(entry.hardLink().map(this::movedName)),
        content);
    if (itself) {
      Bytes target = ImageOwned.target(owner, place);
      sink.add(TreeEntry.symlink(owner, target, entry), InputStream.nullInputStream());
    }
  }

  /** The name in the image of what the source has under that name. */
  private BytePath movedName(BytePath path) {
    Optional<BytePath> owner = owned.owner(path).filter(o -> !links.contains(o));
    return owner.isPresent()
        ? ImageOwned.place(owner.get()).resolve(path.relativeTo(owner.get()))
        : path;
  }

  /** Looks whether an entry that stays is where something may be moved to. */
  private boolean isHeld(TreeEntry entry) throws IOException {
    BytePath path = entry.path();
    boolean directory = entry.type() == FileType.DIRECTORY;
    for (BytePath owner : owned.paths()) {
      BytePath place = ImageOwned.place(owner);
      if (path.equals(place) && (directory || isLinkTo(owner, entry))) {
        held.put(place, entry);
        return true;
      }
      boolean above = place.startsWith(path) && !path.equals(place);
      if (above && directory) {
        directories.add(path);
      } else if (above || path.startsWith(place)) {
        inTheWay.putIfAbsent(place, path);
        requireFree(place);
      }
    }
    return false;
  }

  /** A link the other way round, as some distributions have for programs that look there. */
  private static boolean isLinkTo(BytePath owner, TreeEntry entry) {
    return entry.type() == FileType.SYMLINK
        && entry.hardLink().isEmpty()
        && (entry.target().equals(ImageOwned.target(entry.path(), owner))
            || entry.target().equals(Bytes.of("/" + owner)));
  }

  private void requireFree(BytePath place) throws TreeException {
    BytePath other = inTheWay.get(place);
    Moved here = moved.get(place);
    if (other != null && here != null) {
      throw new TreeException(
          source,
          here.path().toString(),
          "can't be moved to %s, as what is image-owned is: the tree has %s there, too"
              .formatted(place, other));
    }
  }

  /** Hands over what was held back, the directories that the source hasn't, and the notes. */
  void finish() throws IOException {
    for (TreeEntry entry : held.values()) {
      if (!moved.containsKey(entry.path())) {
        sink.add(entry, InputStream.nullInputStream());
      }
    }
    long time = moved.values().stream().mapToLong(Moved::mtime).max().orElse(0);
    for (BytePath place : moved.keySet()) {
      makeDirectory(place.parent(), time);
    }
    moved.forEach(
        (place, what) ->
            listener.note(
                new Note(what.path(), "packed as " + place + ", with a link in its place")));
  }

  private void makeDirectory(BytePath path, long mtime) throws IOException {
    if (!path.isRoot() && directories.add(path)) {
      makeDirectory(path.parent(), mtime);
      sink.add(TreeEntry.impliedDirectory(path, mtime), InputStream.nullInputStream());
    }
  }
}

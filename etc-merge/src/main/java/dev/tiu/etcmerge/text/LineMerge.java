package dev.tiu.etcmerge.text;

import dev.tiu.etcmerge.text.Edits.Edit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Merges texts line by line, as {@code diff3} does: what only one side changed is taken from it.
 *
 * <p>Changes of both sides with at least one unchanged line between them merge. If they overlap or
 * touch, they conflict, unless both made the same of the same lines.
 */
public final class LineMerge {
  private final List<String> base;
  private final Side local;
  private final Side image;
  private final List<String> merged = new ArrayList<>();

  private LineMerge(Text base, Text local, Text image) {
    this.base = base.lines();
    this.local = new Side(base.lines(), local.lines());
    this.image = new Side(base.lines(), image.lines());
  }

  /**
   * Merges them.
   *
   * @return the merged content with the local one's line ends; empty if there is a conflict, or one
   *     of them is no text
   */
  public static Optional<byte[]> merge(byte[] base, byte[] local, byte[] image) {
    Optional<Text> ours = Text.of(local);
    Optional<Text> theirs = Text.of(image);
    Optional<Text> common = Text.of(base);
    if (ours.isEmpty() || theirs.isEmpty() || common.isEmpty()) {
      return Optional.empty();
    }
    return merge(common.get(), ours.get(), theirs.get()).map(Text::toBytes);
  }

  static Optional<Text> merge(Text base, Text local, Text image) {
    LineMerge merge = new LineMerge(base, local, image);
    if (!merge.run()) {
      return Optional.empty();
    }
    boolean complete = local.complete() == base.complete() ? image.complete() : local.complete();
    return Optional.of(local.with(merge.merged, complete));
  }

  /** One side's edits, as far as they aren't dealt with yet. */
  private static final class Side {
    private final List<String> lines;
    private final List<Edit> edits;
    private int next;

    /** How far its lines are ahead of the base's, by the edits so far. */
    private int shift;

    Side(List<String> base, List<String> lines) {
      this.lines = lines;
      this.edits = Edits.between(base, lines).edits();
    }

    Optional<Edit> peek() {
      return next < edits.size() ? Optional.of(edits.get(next)) : Optional.empty();
    }

    void take(Edit edit) {
      next++;
      shift += (edit.newTo() - edit.newFrom()) - (edit.to() - edit.from());
    }
  }

  private boolean run() {
    int at = 0;
    while (local.peek().isPresent() || image.peek().isPresent()) {
      int from = Math.min(start(local), start(image));
      merged.addAll(base.subList(at, from));
      int localFrom = from + local.shift;
      int imageFrom = from + image.shift;
      boolean localEdits = false;
      boolean imageEdits = false;
      int to = from;
      for (boolean grown = true; grown; ) {
        boolean byLocal = takesTouching(local, from, to);
        boolean byImage = !byLocal && takesTouching(image, from, to);
        localEdits |= byLocal;
        imageEdits |= byImage;
        grown = byLocal || byImage;
        to = Math.max(to, Math.max(end(local), end(image)));
      }
      List<String> ours = local.lines.subList(localFrom, to + local.shift);
      List<String> theirs = image.lines.subList(imageFrom, to + image.shift);
      if (localEdits && imageEdits && !Objects.equals(ours, theirs)) {
        return false;
      }
      merged.addAll(localEdits ? ours : theirs);
      at = to;
    }
    merged.addAll(base.subList(at, base.size()));
    return true;
  }

  private static int start(Side side) {
    return side.peek().map(Edit::from).orElse(Integer.MAX_VALUE);
  }

  /** Where the side's last edit that was taken ends. */
  private static int end(Side side) {
    return side.next == 0 ? 0 : side.edits.get(side.next - 1).to();
  }

  private static boolean takesTouching(Side side, int from, int to) {
    Optional<Edit> edit = side.peek().filter(next -> next.touches(from, to));
    edit.ifPresent(side::take);
    return edit.isPresent();
  }
}

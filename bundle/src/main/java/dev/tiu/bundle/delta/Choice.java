package dev.tiu.bundle.delta;

import dev.tiu.bundle.squashfs.DataBlock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which patches go into the delta, and what is left to the bundle: whatever is fewer bytes.
 *
 * <p>A file's tail end lies in a fragment block with those of others, and a device that needs one
 * of them from the bundle fetches all of the block. So either all new contents of a fragment are
 * patched, or it is fetched anyway and a patch must pay by the file's own blocks alone.
 *
 * @param used in the order given
 * @param left how many files' contents are taken from the bundle
 * @param leftBytes what the bundle stores for them
 */
record Choice(List<EncodedPatch> used, int left, long leftBytes) {
  /** A patch that saves less than a tenth isn't worth its work. */
  private static final double PAYS = 0.9;

  Choice {
    used = List.copyOf(used);
  }

  /** A new content with its patch, if one was made, and what the bundle stores for it alone. */
  private record Candidate(Content content, Optional<EncodedPatch> patch, long ownBytes) {
    boolean pays() {
      return patch.isPresent() && patch.get().cost() < PAYS * ownBytes;
    }

    long cheapest() {
      return pays() ? patch.orElseThrow().cost() : ownBytes;
    }
  }

  /** Contents whose tail ends share a fragment block; without one, each for itself. */
  private static final class Group {
    final List<Candidate> candidates = new ArrayList<>();
    long fragmentBytes;

    boolean isPatchedWhole() {
      if (candidates.stream().anyMatch(candidate -> candidate.patch.isEmpty())) {
        return false;
      }
      long patched = candidates.stream().mapToLong(c -> c.patch.orElseThrow().cost()).sum();
      long fetched = candidates.stream().mapToLong(Candidate::cheapest).sum() + fragmentBytes;
      return fragmentBytes > 0 && patched < fetched;
    }
  }

  /**
   * Chooses.
   *
   * @param wanted all contents that a device hasn't
   * @param made patches for some of them
   */
  static Choice of(List<Content> wanted, List<EncodedPatch> made) {
    Map<Content, EncodedPatch> patches = new LinkedHashMap<>();
    made.forEach(patch -> patches.put(patch.next(), patch));
    Set<Content> used = new HashSet<>();
    int left = 0;
    long leftBytes = 0;
    for (Group group : groups(wanted, patches)) {
      boolean whole = group.isPatchedWhole();
      boolean fetched = false;
      for (Candidate candidate : group.candidates) {
        if (whole || candidate.pays()) {
          used.add(candidate.content);
        } else if (!candidate.content.blocks().isEmpty()) {
          left++;
          leftBytes += candidate.ownBytes;
          fetched = true;
        }
      }
      leftBytes += fetched ? group.fragmentBytes : 0;
    }
    List<EncodedPatch> chosen = made.stream().filter(patch -> used.contains(patch.next())).toList();
    return new Choice(chosen, left, leftBytes);
  }

  private static List<Group> groups(List<Content> wanted, Map<Content, EncodedPatch> patches) {
    List<Group> groups = new ArrayList<>();
    Map<Integer, Group> byFragment = new LinkedHashMap<>();
    for (Content content : wanted) {
      // A table isn't packed.
      long ownBytes = content.blocks().isEmpty() ? content.size() : 0;
      OptionalInt fragment = OptionalInt.empty();
      long fragmentBytes = 0;
      for (DataBlock block : content.blocks()) {
        if (block.fragment().isPresent()) {
          fragment = block.fragment();
          fragmentBytes = block.storedSize();
        } else {
          ownBytes += block.storedSize();
        }
      }
      Group group =
          fragment.isPresent()
              ? byFragment.computeIfAbsent(fragment.getAsInt(), f -> new Group())
              : new Group();
      group.fragmentBytes = fragmentBytes;
      group.candidates.add(
          new Candidate(content, Optional.ofNullable(patches.get(content)), ownBytes));
      if (fragment.isEmpty()) {
        groups.add(group);
      }
    }
    groups.addAll(byFragment.values());
    groups.sort(Comparator.comparing(group -> group.candidates.get(0).content.path()));
    return groups;
  }
}

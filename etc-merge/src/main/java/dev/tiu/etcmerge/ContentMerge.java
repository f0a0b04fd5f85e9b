package dev.tiu.etcmerge;

import dev.tiu.etcmerge.text.FstabMerge;
import dev.tiu.etcmerge.text.LineMerge;
import dev.tiu.etcmerge.text.UnionMerge;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Brings the contents of a file together that both sides changed. */
final class ContentMerge {
  private static final BytePath FSTAB = BytePath.of("fstab");

  /** Lists whose lines stand for themselves, in whatever order. */
  private static final Set<BytePath> LISTS =
      paths(
          "ca-certificates.conf",
          "ethertypes",
          "hosts",
          "hosts.allow",
          "hosts.deny",
          "ld.so.conf",
          "locale.gen",
          "modules",
          "networks",
          "protocols",
          "rpc",
          "services",
          "shells");

  private static final int LARGEST = 1 << 20;
  private static final byte[] NOTHING = {};

  private final MergeSettings settings;

  private static Set<BytePath> paths(String... names) {
    return Stream.of(names).map(BytePath::of).collect(Collectors.toUnmodifiableSet());
  }

  ContentMerge(MergeSettings settings) {
    this.settings = settings;
  }

  /** What came of it. */
  static final class Merged {
    private final byte[] content;
    private final Optional<String> problem;

    private Merged(byte[] content, Optional<String> problem) {
      this.content = content;
      this.problem = problem;
    }

    private static Merged whole(byte[] content) {
      return new Merged(content, Optional.empty());
    }

    byte[] content() {
      return content;
    }

    /** What of it didn't go together, where the local version stays. */
    Optional<String> problem() {
      return problem;
    }
  }

  /** The merged content; empty if it can only be one or the other. */
  Optional<Merged> merge(Versions versions) throws IOException {
    boolean files = isSmallFile(versions.local()) && isSmallFile(versions.image());
    boolean list = LISTS.contains(versions.path());
    boolean comparable = versions.base().isPresent() ? isSmallFile(versions.base()) : list;
    if (!files || !comparable) {
      return Optional.empty();
    }
    byte[] base = versions.base().isPresent() ? read(versions.base()) : NOTHING;
    byte[] local = read(versions.local());
    byte[] image = read(versions.image());
    if (versions.path().equals(FSTAB)) {
      return FstabMerge.merge(base, local, image, settings.mounts()).map(ContentMerge::ofFstab);
    }
    return (list ? UnionMerge.merge(base, local, image) : LineMerge.merge(base, local, image))
        .map(Merged::whole);
  }

  private static Merged ofFstab(FstabMerge.Result result) {
    return new Merged(
        result.content(),
        result.conflicts().isEmpty()
            ? Optional.empty()
            : Optional.of("mount point " + String.join(", ", result.conflicts())));
  }

  private static boolean isSmallFile(Optional<EtcEntry> entry) {
    return entry
        .filter(e -> e.status().type() == FileType.REGULAR && e.status().size() <= LARGEST)
        .isPresent();
  }

  private static byte[] read(Optional<EtcEntry> entry) throws IOException {
    EtcEntry found = entry.orElseThrow();
    return found.parent().readAll(found.name(), LARGEST);
  }
}

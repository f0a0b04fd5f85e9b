package dev.tiu.snapshot;

import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.verity.ByteRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * All the content that plans write: what patches make, then what is read from the image, in one go
 * and in the order in which that has it. What a run that was cut short left is taken over, and a
 * file that a patch doesn't make is read from the image, too.
 */
final class ContentWriting {
  /** Each holds an old range, a patch and what they make: up to 24 MiB together. */
  private static final int MOST_PATCHING_THREADS = 2;

  private final Sources sources;
  private final SquashfsImage image;
  private final int threads;
  private final LongConsumer progress;
  private final Leftovers leftovers;

  ContentWriting(Sources sources, int threads, LongConsumer progress) throws IOException {
    this.sources = sources;
    this.image = sources.image().image();
    this.threads = threads;
    this.progress = progress;
    this.leftovers = new Leftovers(threads, progress);
  }

  Applied write(List<Site> sites) throws IOException {
    List<Output> unpatched = patch(sites);
    List<Wanted> wanted = new ArrayList<>();
    for (Site site : sites) {
      for (Step.WriteFile step : site.plan().writes()) {
        wanted.add(fromImage(site, step.path(), step.inode()));
      }
    }
    List<Output> outputs = leftovers.takeOver(wanted);
    unpatched.forEach(output -> outputs.add(anew(output)));
    // What was left of these wasn't what it seemed to be.
    List<Output> wrong = read(outputs);
    if (!read(wrong.stream().map(this::anew).toList()).isEmpty()) {
      throw new IllegalStateException("what is read from an image isn't checked again");
    }
    return new Applied(unpatched.size(), unpatched.stream().findFirst().flatMap(Output::failure));
  }

  private Wanted fromImage(Site site, BytePath path, Inode.RegularFile inode) {
    return new Wanted(site, path, inode, Content.OfImage.of(image, inode), Output.Check.NOT_NEEDED);
  }

  private Output anew(Output output) {
    return fromImage(output.site(), output.path(), output.inode()).output(Leftover.NONE);
  }

  /** Makes files of old ones; gives back those that it couldn't. */
  private List<Output> patch(List<Site> sites) throws IOException {
    if (sites.stream().allMatch(site -> site.plan().patches().isEmpty())) {
      return List.of();
    }
    Map<ImagePart, Dir> base = new EnumMap<>(ImagePart.class);
    sites.forEach(site -> site.base().ifPresent(dir -> base.put(site.part(), dir)));
    try (Patching patching = new Patching(sources.delta().orElseThrow(), base)) {
      List<Wanted> wanted = new ArrayList<>();
      for (Site site : sites) {
        for (Step.PatchFile step : site.plan().patches()) {
          Content content = patching.content(step);
          wanted.add(new Wanted(site, step.path(), step.inode(), content, Output.Check.BY_DIGEST));
        }
      }
      List<Output> outputs = inOrder(leftovers.takeOver(wanted));
      patching.expect(outputs.stream().map(Output::content).toList());
      return new FileWriter(Math.min(threads, MOST_PATCHING_THREADS), progress).write(outputs);
    }
  }

  private List<Output> read(List<Output> unsorted) throws IOException {
    List<Output> outputs = inOrder(unsorted);
    sources.image().expect(ranges(outputs));
    return new FileWriter(threads, progress).write(outputs);
  }

  private static List<Output> inOrder(List<Output> outputs) {
    return outputs.stream().sorted(Comparator.comparingLong(Output::start)).toList();
  }

  /** What is missing, so that the bundle's source can fetch it ahead. */
  private static List<ByteRange> ranges(List<Output> outputs) {
    List<ByteRange> ranges = new ArrayList<>();
    for (Output output : outputs) {
      if (output.content() instanceof Content.OfImage content) {
        for (int i = 0; i < content.pieces(); i++) {
          if (output.isMissing(i)) {
            ranges.add(content.blocks().get(i).stored());
          }
        }
      }
    }
    return ranges;
  }
}

package dev.tiu.snapshot;

import dev.tiu.bundle.Parallel;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/** Looks what a run that was cut short left, before anything is fetched in vain. */
final class Leftovers {
  private final int threads;
  private final LongConsumer progress;

  Leftovers(int threads, LongConsumer progress) {
    this.threads = threads;
    this.progress = progress;
  }

  /** The files that aren't right already, in the same order, with what is left of each. */
  List<Output> takeOver(List<Wanted> wanted) throws IOException {
    Leftover[] found = new Leftover[wanted.size()];
    Arrays.fill(found, Leftover.NONE);
    if (wanted.stream().anyMatch(file -> file.site().existing() == Existing.KEEP_IF_RIGHT)) {
      look(wanted, found);
    }
    List<Output> outputs = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      if (!found[i].complete()) {
        outputs.add(wanted.get(i).output(found[i]));
      }
    }
    return outputs;
  }

  private void look(List<Wanted> wanted, Leftover[] found) throws IOException {
    AtomicInteger next = new AtomicInteger();
    Parallel.run(
        threads,
        () -> {
          Digests digests = new Digests();
          try (Handles handles = new Handles()) {
            for (int i = next.getAndIncrement(); i < found.length; i = next.getAndIncrement()) {
              found[i] = leftover(wanted.get(i), handles, digests);
            }
          }
        });
  }

  private Leftover leftover(Wanted file, Handles handles, Digests digests) throws IOException {
    Site site = file.site();
    if (site.existing() == Existing.REPLACE) {
      return Leftover.NONE;
    }
    BytePath name = file.path().name();
    Parents.Parent parent = handles.of(site).parent(file.path());
    byte[] digest = site.target().digest(file.inode());
    Leftover found =
        Leftover.find(
            parent.dir(),
            name,
            file.inode().size(),
            site.target().namesOf(file.path(), file.inode()).size(),
            file.content(),
            present -> Arrays.equals(digests.of(present), digest));
    if (found.complete()) {
      Metadata.set(parent.dir(), name, file.inode(), ImageTree.xattrs(file.inode()));
      progress.accept(file.inode().size());
    }
    return found;
  }
}

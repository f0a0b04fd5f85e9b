package dev.tiu.bundle.delta;

import dev.tiu.bundle.Parallel;
import dev.tiu.bundle.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes patches, several segments at once; each segment comes out the same however many threads
 * there are.
 */
final class PatchMaker {
  private final int level;
  private final Spool spool;
  private final Progress progress;
  private final AtomicLong done = new AtomicLong();
  private final List<Job> jobs = new ArrayList<>();
  private long total;
  private int job;
  private int segment;

  PatchMaker(int level, Spool spool, Progress progress) {
    this.level = level;
    this.spool = spool;
    this.progress = progress;
  }

  /** Makes that content of that old one. */
  void add(Content content, Content from) {
    jobs.add(new Job(content, from));
    total += content.size();
  }

  /** All patches in the order in which they were added. */
  List<EncodedPatch> make(int threads) throws IOException {
    Parallel.run(threads, this::work);
    return jobs.stream().map(Job::patch).toList();
  }

  private record Task(Job job, int segment) {}

  private synchronized Optional<Task> take() {
    if (job == jobs.size()) {
      return Optional.empty();
    }
    Job current = jobs.get(job);
    Task task = new Task(current, segment++);
    if (segment == current.count()) {
      segment = 0;
      job++;
    }
    return Optional.of(task);
  }

  private synchronized void takeNoMore() {
    job = jobs.size();
  }

  private void work() throws IOException {
    boolean complete = false;
    SegmentEncoder encoder = new SegmentEncoder(level);
    try {
      for (Optional<Task> task = take(); task.isPresent(); task = take()) {
        task.get().job.make(task.get().segment, encoder);
      }
      complete = true;
    } finally {
      if (!complete) {
        takeNoMore();
      }
    }
  }

  /** One patch to make. */
  private final class Job {
    private final Content content;
    private final Content from;
    private final EncodedPatch.@Nullable EncodedSegment[] segments;
    private @Nullable Anchors anchors;
    private int left;

    Job(Content content, Content from) {
      this.content = content;
      this.from = from;
      long count = (content.size() + SegmentEncoder.SEGMENT - 1) / SegmentEncoder.SEGMENT;
      this.segments = new EncodedPatch.EncodedSegment[Math.toIntExact(count)];
      this.left = segments.length;
    }

    int count() {
      return segments.length;
    }

    /** Segments of about the same size, so that the last isn't a small rest. */
    private long start(int number) {
      return content.size() * number / segments.length;
    }

    void make(int number, SegmentEncoder encoder) throws IOException {
      long start = start(number);
      int size = (int) (start(number + 1) - start);
      byte[] bytes = content.read(start, size);
      int length = (int) Math.min(SegmentEncoder.WINDOW, from.size());
      long oldStart = oldStart(bytes, start, length);
      byte[] dictionary = from.read(oldStart, length);
      SegmentEncoder.Packed packed = encoder.encode(dictionary, bytes);
      byte[] stored = packed.stored();
      put(
          number,
          new EncodedPatch.EncodedSegment(
              size,
              oldStart,
              length,
              spool.append(stored),
              stored.length,
              packed.differenceSize()));
      progress.at(Progress.Stage.PATCHES, done.addAndGet(size), total);
    }

    private long oldStart(byte[] bytes, long start, int length) throws IOException {
      if (length == from.size()) {
        return 0;
      }
      double centre = (start + bytes.length / 2.0) / content.size();
      return anchors().bestStart(bytes, length, centre);
    }

    private synchronized Anchors anchors() throws IOException {
      Anchors found = anchors;
      if (found == null) {
        found = Anchors.of(from.bytes(), from.size());
        anchors = found;
      }
      return found;
    }

    private synchronized void put(int number, EncodedPatch.EncodedSegment made) {
      segments[number] = made;
      left--;
      if (left == 0) {
        anchors = null;
      }
    }

    private synchronized EncodedPatch patch() {
      List<EncodedPatch.EncodedSegment> made = new ArrayList<>();
      for (EncodedPatch.EncodedSegment encoded : segments) {
        if (encoded == null) {
          throw new IllegalStateException("no patch was made for " + content.path());
        }
        made.add(encoded);
      }
      return new EncodedPatch(content, from, made);
    }
  }
}

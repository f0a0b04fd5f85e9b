package dev.tiu.bench;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.squashfs.DataBlock;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.bundle.squashfs.Tree;
import dev.tiu.linux.BytePath;
import dev.tiu.snapshot.UpdatePlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Two bundles of {@link SampleBundles} in the page cache, every byte checked against the hash tree;
 * the unit is milliseconds.
 *
 * <p>{@code readTree} and {@code plan} are what an update of an image to a similar one computes,
 * but for the base's check; they are to grow with the number of files and no faster.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class BundleBenchmark {
  /** Small files in the trees; 20 of them differ. */
  @Param({"2000", "20000"})
  private int files;

  private @Nullable SampleBundles samples;

  private final ByteBuffer block = ByteBuffer.allocate(1 << 20);

  @Setup
  public void make() throws IOException {
    samples = SampleBundles.make(files);
  }

  @TearDown
  public void remove() throws IOException {
    samples().close();
  }

  private SampleBundles samples() {
    return Objects.requireNonNull(samples);
  }

  /** The keyring, the signature and the superblocks, nothing else. */
  @Benchmark
  public String open() throws IOException {
    try (Bundle bundle = samples().open(1)) {
      return bundle.imageId();
    }
  }

  /** The same, and all metadata of the squashfs into a tree by path. */
  @Benchmark
  public Tree readTree() throws IOException {
    try (Bundle bundle = samples().open(1)) {
      return bundle.tree();
    }
  }

  /** The large file's blocks, in MiB. */
  @Benchmark
  @OperationsPerInvocation(SampleBundles.LARGE_MEBIBYTES)
  public ByteBuffer readMebibyte() throws IOException {
    Bundle base = samples().base();
    SquashfsImage image = base.image();
    Inode.RegularFile large =
        (Inode.RegularFile) base.tree().get(BytePath.of("usr/large")).orElseThrow();
    for (DataBlock part : image.blocks(large)) {
      image.read(part, block.clear().limit(part.size()));
    }
    return block;
  }

  /** What differs, both trees being in memory. */
  @Benchmark
  public UpdatePlan plan() throws IOException {
    return UpdatePlan.betweenImages(samples().base(), samples().target());
  }
}

package dev.tiu.bench;

import dev.tiu.verity.BlockReader;
import dev.tiu.verity.FsVerity;
import dev.tiu.verity.HashTree;
import dev.tiu.verity.VerifiedBlocks;
import dev.tiu.verity.VerityParameters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Hash trees and digests of 64 MiB in memory; the unit is MiB per second.
 *
 * <p>With data in memory this is what the processor can do; {@code bench/hash-tree} measures the
 * same from a file, beside veritysetup.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HashTreeBenchmark {
  private static final int MEBIBYTES = 64;
  private static final int SIZE = MEBIBYTES << 20;
  private static final int READ = 128 * 1024;

  /** Bytes of salt; veritysetup takes 32 unless told otherwise. */
  @Param({"0", "32"})
  private int saltSize;

  private final byte[] data = new byte[SIZE];
  private final ByteBuffer read = ByteBuffer.allocateDirect(READ);
  private byte[] salt = new byte[0];
  private VerifiedBlocks verified =
      new VerifiedBlocks(
          BlockReader.of(data),
          BlockReader.of(data),
          VerityParameters.forSize(SIZE, salt),
          new byte[32]);

  @Setup
  public void build() throws IOException {
    new Random(1).nextBytes(data);
    salt = new byte[saltSize];
    HashTree tree = HashTree.build(BlockReader.of(data), SIZE, salt, new UUID(0, 0), 1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    tree.writeTo(Channels.newChannel(out));
    verified =
        new VerifiedBlocks(
            BlockReader.of(data),
            BlockReader.of(out.toByteArray()),
            tree.superblock().parameters(),
            tree.rootHash());
  }

  @Benchmark
  @OperationsPerInvocation(MEBIBYTES)
  public HashTree buildWithOneThread() throws IOException {
    return HashTree.build(BlockReader.of(data), SIZE, salt, new UUID(0, 0), 1);
  }

  @Benchmark
  @OperationsPerInvocation(MEBIBYTES)
  public HashTree buildWithTwoThreads() throws IOException {
    return HashTree.build(BlockReader.of(data), SIZE, salt, new UUID(0, 0), 2);
  }

  /** Reads of 128 KiB, a squashfs block, not aligned to the tree's blocks. */
  @Benchmark
  @OperationsPerInvocation(MEBIBYTES)
  public ByteBuffer readVerified() throws IOException {
    for (int offset = 100; offset + READ <= SIZE; offset += READ) {
      verified.read(offset, read.clear());
    }
    return read;
  }

  @Benchmark
  @OperationsPerInvocation(MEBIBYTES)
  public byte[] fsVerityDigest() {
    return FsVerity.digest(data);
  }
}

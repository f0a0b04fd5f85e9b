package dev.tiu.bench;

import dev.tiu.verity.FsVerity;
import java.nio.ByteBuffer;
import java.util.Random;
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
 * fs-verity digests of 16 MiB in memory, computed as a device does it: piece by piece, file by
 * file. The unit is MiB per second; {@link HashTreeBenchmark#fsVerityDigest} is one large file.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DigestBenchmark {
  private static final int MEBIBYTES = 16;
  private static final int PIECE = 128 * 1024;

  /** Bytes in a file: most of a system's files are small, most of its bytes are in large ones. */
  @Param({"1024", "16384", "1048576"})
  private int fileSize;

  private final FsVerity.Digester digester = new FsVerity.Digester();
  private final ByteBuffer heap = ByteBuffer.allocate(MEBIBYTES << 20);
  private final ByteBuffer direct = ByteBuffer.allocateDirect(MEBIBYTES << 20);

  @Setup
  public void fill() {
    new Random(1).nextBytes(heap.array());
    direct.put(heap.duplicate());
  }

  @Benchmark
  @OperationsPerInvocation(MEBIBYTES)
  public int heapBuffers() {
    return digestAll(heap);
  }

  @Benchmark
  @OperationsPerInvocation(MEBIBYTES)
  public int directBuffers() {
    return digestAll(direct);
  }

  private int digestAll(ByteBuffer content) {
    int some = 0;
    for (int file = 0; file + fileSize <= content.capacity(); file += fileSize) {
      for (int at = file; at < file + fileSize; at += PIECE) {
        digester.update(content.limit(Math.min(at + PIECE, file + fileSize)).position(at));
      }
      some += digester.finish()[0];
    }
    return some;
  }
}

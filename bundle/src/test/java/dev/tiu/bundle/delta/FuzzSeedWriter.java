package dev.tiu.bundle.delta;

import com.github.luben.zstd.Zstd;
import dev.tiu.bundle.ContainerWriter;
import dev.tiu.bundle.Digests;
import dev.tiu.bundle.FuzzSeeds;
import dev.tiu.bundle.Kind;
import dev.tiu.verity.BlockReader;
import dev.tiu.verity.DevelopmentKeys;
import dev.tiu.verity.FsVerity;
import dev.tiu.verity.HashTree;
import dev.tiu.verity.Signer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes the committed seeds anew; runs only when asked for by name ({@code
 * -Dtest=FuzzSeedWriter}), as its name isn't a test's.
 */
final class FuzzSeedWriter {
  @Test
  void index() throws IOException {
    byte[] index = Samples.index().array();
    byte[] seed =
        ByteBuffer.allocate(3 + index.length).put(new byte[] {2, 2, 3}).put(index).array();
    FuzzSeeds.write(PatchIndexFuzzTest.class, "parse", "two", seed);
  }

  @Test
  void difference() throws IOException {
    byte[] difference =
        DifferenceEncoder.encode(
            DifferenceFuzzTest.OLD, DifferenceFuzzTest.NEXT, new DifferenceEncoder.Table());
    FuzzSeeds.write(DifferenceFuzzTest.class, "apply", "rebuilt", difference);
    byte[] both = new byte[2000];
    System.arraycopy(DifferenceFuzzTest.OLD, 0, both, 0, 1000);
    System.arraycopy(DifferenceFuzzTest.NEXT, 0, both, 1000, 1000);
    FuzzSeeds.write(DifferenceFuzzTest.class, "encode", "rebuilt", both);
  }

  /** One patch of one segment, from 3000 zeros. */
  @Test
  void delta(@TempDir Path directory) throws IOException {
    byte[] next = Samples.random(200);
    SegmentEncoder.Packed segment = new SegmentEncoder(19).encode(new byte[3000], next);
    ByteBuffer index =
        ByteBuffer.allocate((int) PatchIndex.unpackedSize(1, 1, 1)).order(ByteOrder.LITTLE_ENDIAN);
    index.put(Samples.digest(1).bytes()).putLong(3000);
    index.put(FsVerity.digest(next)).putLong(next.length).putInt(1);
    index.putInt(next.length).putInt(segment.stored().length).putInt(segment.differenceSize());
    index.putInt(0).putInt(3000).putLong(0);
    byte[] packed = Zstd.compress(index.array());
    Path keys = directory.resolve("keys");
    DevelopmentKeys.create(keys, Optional.empty(), Instant.now(), new SecureRandom());
    Signer signer =
        Signer.load(
            keys.resolve("signer.key.pem"),
            keys.resolve("signer.crt.pem"),
            List.of(),
            Optional.empty());
    Path file = Files.write(directory.resolve("zeros.tiud"), segment.stored());
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ContainerWriter container = new ContainerWriter(channel, List.of(signer), Instant.now());
      long size = container.pad();
      HashTree tree = HashTree.build(BlockReader.of(channel), size, new byte[0], new UUID(0, 0), 1);
      DeltaManifest sample = Samples.manifest();
      DeltaManifest manifest =
          new DeltaManifest(
              sample.format(),
              sample.from(),
              sample.to(),
              new DeltaManifest.Data(size, segment.stored().length),
              ContainerWriter.verity(tree, size),
              new DeltaManifest.Index(
                  size + tree.sizeOnDisk(),
                  packed.length,
                  index.capacity(),
                  Digests.hex(Digests.sha256(packed)),
                  1,
                  1,
                  1),
              sample.contentTable());
      container.complete(Kind.DELTA, size, tree, packed, manifest.toJson());
    }
    FuzzSeeds.write(DeltaFuzzTest.class, "open", "zeros", Files.readAllBytes(file));
  }

  @Test
  void manifest() throws IOException {
    FuzzSeeds.write(DeltaManifestTest.class, "parse", "full", Samples.manifest().toJson());
  }
}

package dev.tiu.bundle;

import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.bundle.squashfs.Superblock;
import dev.tiu.bundle.squashfs.Tree;
import dev.tiu.linux.BytePath;
import dev.tiu.verity.BlockReader;
import dev.tiu.verity.HashTree;
import dev.tiu.verity.Signer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes bundles.
 *
 * <p>mksquashfs writes the image into a file beside the output, the other parts are appended, and
 * only the complete bundle, on disk, gets the output's name. When anything fails there is no
 * output, and what was there before stays. The same tree and {@link BundleSpec} give the same bytes
 * up to the signature.
 */
public final class BundleWriter {
  private final BundleSpec spec;
  private final List<Signer> signers;
  private final Instant signingTime;
  private final int threads;
  private final CreateListener listener;
  private final Optional<ContentOrder> order;

  /**
   * A writer of one kind of bundle.
   *
   * @param signingTime goes into the signature, which isn't reproducible
   * @param threads for hashing; mksquashfs uses all processors
   */
  public BundleWriter(
      BundleSpec spec,
      List<Signer> signers,
      Instant signingTime,
      int threads,
      CreateListener listener) {
    this(spec, signers, signingTime, threads, listener, Optional.empty());
  }

  private BundleWriter(
      BundleSpec spec,
      List<Signer> signers,
      Instant signingTime,
      int threads,
      CreateListener listener,
      Optional<ContentOrder> order) {
    this.spec = spec;
    this.signers = List.copyOf(signers);
    this.signingTime = signingTime;
    this.threads = threads;
    this.listener = listener;
    this.order = order;
  }

  /**
   * A writer of the same bundles, with the contents that an earlier image has in that order, and
   * all others behind them. Reads a tree twice; one that comes only once is kept beside the output
   * meanwhile.
   */
  public BundleWriter following(ContentOrder earlier) {
    return new BundleWriter(spec, signers, signingTime, threads, listener, Optional.of(earlier));
  }

  /**
   * Packs a directory; needs root where the files do.
   *
   * @throws TreeException for an entry that can't be packed exactly as it is
   */
  public Manifest writeDirectory(Path rootfs, Path output) throws IOException {
    try (TreeSource source = new DirectorySource(rootfs)) {
      return write(source, output);
    }
  }

  /**
   * Packs a tar archive, plain or compressed with gzip, xz or zstd; needs no root.
   *
   * @param name what a person calls it, for messages
   * @throws TreeException for an entry that can't be packed exactly as it is
   */
  public Manifest writeTar(InputStream archive, String name, Path output) throws IOException {
    try (TreeSource source = new TarSource(archive, name)) {
      return write(source, output);
    }
  }

  /**
   * Packs a tar archive in a file; as the other.
   *
   * @throws TreeException for an entry that can't be packed exactly as it is
   */
  public Manifest writeTar(Path archive, Path output) throws IOException {
    if (!Files.isRegularFile(archive)) {
      try (InputStream in = Files.newInputStream(archive)) {
        return writeTar(in, archive.toString(), output);
      }
    }
    try (FileChannel file = FileChannel.open(archive, StandardOpenOption.READ);
        TreeSource source = TarSource.of(file, archive.toString())) {
      return write(source, output);
    }
  }

  private Manifest write(TreeSource source, Path output) throws IOException {
    try (PartialFile partial = PartialFile.create(output)) {
      Manifest manifest;
      try {
        Map<BytePath, TarFeed.Packed> packed =
            new ImageBuilder(spec, order, threads, listener).build(source, partial.path(), output);
        try (FileChannel file =
            FileChannel.open(partial.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
          manifest = complete(file, packed, source.name());
          file.force(true);
        }
      } catch (IOException e) {
        throw explained(e, output);
      }
      partial.commit();
      return manifest;
    }
  }

  private Manifest complete(FileChannel file, Map<BytePath, TarFeed.Packed> packed, String source)
      throws IOException {
    ContainerWriter container = new ContainerWriter(file, signers, signingTime);
    long size = container.pad();
    SquashfsImage image =
        SquashfsImage.open(
            BlockReader.of(file),
            size,
            ImageReader.limits(Manifest.MAX_INODES, Runtime.getRuntime().maxMemory()));
    Tree tree = image.readTree();
    byte[] table = contentTable(image, tree);
    new ImageCheck(source, packed, tree, ContentTable.of(table)).check();
    Derived derived = Derived.of(superblockBytes(file), table);
    HashTree hashTree =
        HashTree.build(counted(file, size), size, derived.salt(), derived.uuid(), threads);
    Manifest manifest = manifest(image, tree, size, hashTree, table);
    container.complete(Kind.BUNDLE, size, hashTree, table, manifest.toJson());
    return manifest;
  }

  private static byte[] superblockBytes(FileChannel file) throws IOException {
    byte[] bytes = new byte[96];
    BlockReader.of(file).read(0, ByteBuffer.wrap(bytes));
    return bytes;
  }

  private byte[] contentTable(SquashfsImage image, Tree tree) throws IOException {
    byte[] table = new byte[image.superblock().inodes() * ContentTable.ENTRY];
    ContentDigests.compute(
        image,
        tree,
        threads,
        listener,
        (file, path, digest) ->
            System.arraycopy(
                digest, 0, table, (file.number() - 1) * ContentTable.ENTRY, digest.length));
    return table;
  }

  private BlockReader counted(FileChannel file, long total) {
    BlockReader reader = BlockReader.of(file);
    AtomicLong done = new AtomicLong();
    return (offset, dst) -> {
      int length = dst.remaining();
      reader.read(offset, dst);
      listener.at(Progress.Stage.HASHING, done.addAndGet(length), total);
    };
  }

  private Manifest manifest(
      SquashfsImage image, Tree tree, long size, HashTree hashTree, byte[] table)
      throws IOException {
    ImageFacts facts = new ImageFacts(image, tree);
    Superblock superblock = image.superblock();
    long tableOffset = size + hashTree.sizeOnDisk();
    return new Manifest(
        Trailer.FORMAT,
        spec.compatible(),
        spec.version(),
        spec.minVersion(),
        architecture(facts),
        spec.created(),
        spec.expires(),
        facts.osRelease(),
        new Manifest.Image(
            size,
            superblock.bytesUsed(),
            facts.uncompressedBytes(),
            superblock.inodes(),
            ImageReader.name(superblock.compressor()),
            superblock.blockSize()),
        ContainerWriter.verity(hashTree, size),
        new Manifest.Table(tableOffset, table.length, Digests.hex(Digests.sha256(table))),
        facts.kernelVersion(),
        facts.imageOwned(ImageOwned.with(spec.imageOwned())),
        spec.etcPolicies(),
        spec.boot());
  }

  private String architecture(ImageFacts facts) throws IOException {
    Optional<String> given = spec.architecture();
    if (given.isPresent()) {
      return given.get();
    }
    return facts
        .architecture()
        .orElseThrow(
            () ->
                new IOException(
                    "no program in the tree tells its architecture; say it with --architecture"));
  }

  private static IOException explained(IOException failure, Path output) {
    String message = String.valueOf(failure.getMessage());
    return message.contains("No space left on device") || message.contains("no space left")
        ? new IOException(output + ": no space left on the disk for the bundle", failure)
        : failure;
  }
}

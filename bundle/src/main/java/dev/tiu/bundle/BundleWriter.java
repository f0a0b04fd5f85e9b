package dev.tiu.bundle;

import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.bundle.squashfs.Superblock;
import dev.tiu.bundle.squashfs.Tree;
import dev.tiu.linux.BytePath;
import dev.tiu.verity.BlockReader;
import dev.tiu.verity.CmsSignature;
import dev.tiu.verity.HashTree;
import dev.tiu.verity.Signer;
import dev.tiu.verity.VerityParameters;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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
    this.spec = spec;
    this.signers = List.copyOf(signers);
    this.signingTime = signingTime;
    this.threads = threads;
    this.listener = listener;
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

  private Manifest write(TreeSource source, Path output) throws IOException {
    try (PartialFile partial = PartialFile.create(output)) {
      Manifest manifest;
      try {
        Map<BytePath, TreeFeed.Packed> packed =
            new ImageBuilder(spec, listener).build(source, partial.path());
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

  private Manifest complete(FileChannel file, Map<BytePath, TreeFeed.Packed> packed, String source)
      throws IOException {
    long size = pad(file);
    SquashfsImage image =
        SquashfsImage.open(
            BlockReader.of(file),
            size,
            ImageReader.limits(Manifest.MAX_INODES, Runtime.getRuntime().maxMemory()));
    Tree tree = image.readTree();
    byte[] table = contentTable(image, tree);
    new ImageCheck(source, packed, tree, ContentTable.of(table)).check();
    Derived derived = Derived.of(spec, superblockBytes(file));
    HashTree hashTree =
        HashTree.build(counted(file, size), size, derived.salt(), derived.uuid(), threads);
    Manifest manifest = manifest(image, tree, size, hashTree, table);
    byte[] cms = CmsSignature.sign(manifest.toJson(), signers, signingTime);
    Trailer trailer = new Trailer(manifest.cmsOffset(), cms.length);
    file.position(size);
    hashTree.writeTo(file);
    append(file, table);
    append(file, cms);
    append(file, trailer.toBytes());
    return manifest;
  }

  private static long pad(FileChannel file) throws IOException {
    long used = file.size();
    int padding = (int) (-used & (VerityParameters.BLOCK_SIZE - 1));
    file.position(used);
    append(file, new byte[padding]);
    return used + padding;
  }

  private static void append(FileChannel file, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      file.write(buffer);
    }
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
        verity(hashTree, size),
        new Manifest.Table(tableOffset, table.length, Digests.hex(Digests.sha256(table))),
        facts.kernelVersion());
  }

  private static Manifest.Verity verity(HashTree tree, long offset) {
    VerityParameters parameters = tree.superblock().parameters();
    return new Manifest.Verity(
        1,
        "sha256",
        parameters.dataBlockSize(),
        parameters.hashBlockSize(),
        parameters.dataBlocks(),
        Digests.hex(parameters.salt()),
        Digests.hex(tree.rootHash()),
        offset,
        tree.sizeOnDisk(),
        tree.superblock().uuid());
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

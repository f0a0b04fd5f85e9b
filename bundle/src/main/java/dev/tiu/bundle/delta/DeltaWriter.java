package dev.tiu.bundle.delta;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.ContainerWriter;
import dev.tiu.bundle.ContentDigest;
import dev.tiu.bundle.Digests;
import dev.tiu.bundle.Kind;
import dev.tiu.bundle.PartialFile;
import dev.tiu.bundle.Progress;
import dev.tiu.bundle.Trailer;
import dev.tiu.verity.BlockReader;
import dev.tiu.verity.HashTree;
import dev.tiu.verity.Signer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes deltas.
 *
 * <p>Written beside the output; only the complete delta, checked and on disk, gets the output's
 * name. The same two images and level give the same bytes up to the signature.
 */
public final class DeltaWriter {
  /** What is used when nobody says anything else. */
  public static final int DEFAULT_LEVEL = 19;

  private final int level;
  private final List<Signer> signers;
  private final Instant signingTime;
  private final int threads;
  private final Progress progress;

  /**
   * A writer of deltas.
   *
   * @param level of zstd, 1 to 22
   * @param signingTime goes into the signature, which isn't reproducible
   * @param threads how many patches are made at once; each takes up to 64 MiB outside of the heap,
   *     and half of that in it
   */
  public DeltaWriter(
      int level, List<Signer> signers, Instant signingTime, int threads, Progress progress) {
    if (level < 1 || level > 22) {
      throw new IllegalArgumentException("zstd's levels are 1 to 22, not " + level);
    }
    this.level = level;
    this.signers = List.copyOf(signers);
    this.signingTime = signingTime;
    this.threads = threads;
    this.progress = progress;
  }

  /**
   * Writes patches for the files of {@code next} whose content {@code old} hasn't.
   *
   * @throws UnrelatedImagesException if no device could go from the one to the other
   */
  public DeltaSummary write(Bundle old, Bundle next, Path output) throws IOException {
    UnrelatedImagesException.check(old, next);
    Contents from = Contents.of(old);
    Contents to = Contents.of(next);
    List<Content> wanted = to.missingIn(from);
    try (PartialFile partial = PartialFile.create(output);
        Spool spool = Spool.create(Path.of(partial.path() + ".spool"))) {
      Choice choice = Choice.of(wanted, makePatches(from, to, wanted, spool));
      DeltaManifest manifest;
      long size;
      try (FileChannel file =
          FileChannel.open(
              partial.path(),
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE)) {
        manifest = writeFile(file, spool, choice.used(), new Pair(old, next), from);
        file.force(true);
        size = file.size();
      }
      partial.commit();
      long patched = choice.used().stream().mapToLong(patch -> patch.next().size()).sum();
      return new DeltaSummary(
          manifest, choice.used().size(), patched, choice.left(), choice.leftBytes(), size);
    }
  }

  private record Pair(Bundle old, Bundle next) {}

  private List<EncodedPatch> makePatches(
      Contents from, Contents to, List<Content> wanted, Spool spool) throws IOException {
    OldFiles oldFiles = new OldFiles(from, to);
    PatchMaker maker = new PatchMaker(level, spool, progress);
    for (Content content : wanted) {
      Optional<Content> old = oldFiles.find(content);
      if (old.isPresent()) {
        maker.add(content, old.get());
      }
    }
    return maker.make(threads);
  }

  private DeltaManifest writeFile(
      FileChannel file, Spool spool, List<EncodedPatch> patches, Pair images, Contents from)
      throws IOException {
    for (EncodedPatch patch : patches) {
      for (EncodedPatch.EncodedSegment segment : patch.segments()) {
        spool.copy(segment.spooled(), segment.storedSize(), file);
      }
    }
    long used = file.size();
    ContainerWriter container = new ContainerWriter(file, signers, signingTime);
    long size = container.pad();
    IndexWriter indexWriter = new IndexWriter(patches);
    byte[] index = indexWriter.pack();
    DeltaManifest.Image fromImage = image(images.old);
    DeltaManifest.Image toImage = image(images.next);
    byte[] salt = salt(fromImage, toImage, index);
    HashTree tree =
        HashTree.build(BlockReader.of(file), size, salt, UUID.nameUUIDFromBytes(salt), threads);
    DeltaManifest manifest =
        new DeltaManifest(
            Trailer.FORMAT,
            fromImage,
            toImage,
            new DeltaManifest.Data(size, used),
            ContainerWriter.verity(tree, size),
            indexWriter.describe(index, size + tree.sizeOnDisk()),
            table(patches, images.next));
    check(file, manifest, index, from);
    container.complete(Kind.DELTA, size, tree, index, manifest.toJson());
    return manifest;
  }

  /** The digest of the content table, if one of the patches makes that. */
  private static Optional<ContentDigest> table(List<EncodedPatch> patches, Bundle next)
      throws IOException {
    ContentDigest table = Content.tableDigest(next.contentTable().toArray());
    return Optional.of(table)
        .filter(digest -> patches.stream().anyMatch(p -> p.next().digest().equals(digest)));
  }

  private static DeltaManifest.Image image(Bundle bundle) {
    return new DeltaManifest.Image(bundle.imageId(), bundle.manifest().version());
  }

  /** The same for the same delta; it needn't be secret. */
  private static byte[] salt(DeltaManifest.Image from, DeltaManifest.Image to, byte[] index) {
    String text =
        "tiu delta salt\n"
            + from.imageId()
            + "\n"
            + to.imageId()
            + "\n"
            + Digests.hex(Digests.sha256(index))
            + "\n";
    return Digests.sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /** What isn't right is never signed. */
  private void check(FileChannel file, DeltaManifest manifest, byte[] packed, Contents from)
      throws IOException {
    PatchIndex index = PatchIndex.parse(packed, manifest, "the new delta");
    List<Patch> patches = new ArrayList<>();
    for (int i = 0; i < index.size(); i++) {
      patches.add(index.patch(i));
    }
    new DeltaCheck(
            from,
            patches,
            () -> new PatchReader("the new delta", BlockReader.of(file), index.buffers()),
            progress)
        .check(threads);
  }
}

package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tiu.verity.CmsSignature;
import dev.tiu.verity.DevelopmentKeys;
import dev.tiu.verity.Keyring;
import dev.tiu.verity.TrustException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damages a bundle in every part, and expects to be told which part and where. */
final class BundleDamageIT {
  private static final long SEED = 42;

  @TempDir private Path directory;
  private BundleKit kit;
  private Manifest manifest;
  private byte[] whole = new byte[0];

  @BeforeEach
  void makeBundle() throws IOException {
    kit = new BundleKit(directory);
    Path archive = directory.resolve("os.tar");
    byte[] noise = new byte[300_000];
    new Random(SEED).nextBytes(noise);
    TarBuilder tar = new TarBuilder().directory("./").directory("etc").file("etc/a", "a");
    tar.file("etc/noise", new String(noise, StandardCharsets.ISO_8859_1));
    for (int i = 0; i < 50; i++) {
      tar.file("etc/file" + i, "content " + i).pax("SCHILY.xattr.user.n", "v" + i);
    }
    Files.write(archive, tar.directory("usr").build());
    Path bundle = directory.resolve("os.tiu");
    manifest = kit.packTar(BundleKit.spec("gzip:1"), archive, bundle);
    whole = Files.readAllBytes(bundle);
  }

  private void verify(byte[] bytes) throws IOException {
    Path damaged = directory.resolve("damaged.tiu");
    Files.write(damaged, bytes);
    try (Bundle bundle = kit.open(damaged)) {
      bundle.verify(2, Progress.NONE);
    }
  }

  private Map<Part, long[]> parts() {
    Map<Part, long[]> parts = new EnumMap<>(Part.class);
    long treeOffset = manifest.verity().treeOffset();
    long tableOffset = manifest.contentTable().offset();
    parts.put(Part.IMAGE, new long[] {0, treeOffset});
    parts.put(Part.HASH_TREE, new long[] {treeOffset, tableOffset});
    parts.put(Part.CONTENT_TABLE, new long[] {tableOffset, manifest.cmsOffset()});
    parts.put(Part.SIGNATURE, new long[] {manifest.cmsOffset(), whole.length - Trailer.SIZE});
    parts.put(Part.TRAILER, new long[] {whole.length - Trailer.SIZE, whole.length});
    return parts;
  }

  private long start(Part part) {
    return Optional.ofNullable(parts().get(part)).orElseThrow()[0];
  }

  @Test
  void whole_bundle_is_accepted() throws Exception {
    verify(whole);
  }

  @Test
  void bundle_cut_at_any_edge_is_refused() {
    for (Map.Entry<Part, long[]> part : parts().entrySet()) {
      for (long edge : part.getValue()) {
        for (long length = edge - 1; length <= edge + 1; length++) {
          if (length >= 0 && length != whole.length) {
            byte[] cut = Arrays.copyOf(whole, (int) length);
            assertThatThrownBy(() -> verify(cut))
                .as("%d bytes, at the edge of the %s", length, part.getKey())
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("damaged.tiu: trailer at offset ");
          }
        }
      }
    }
  }

  @Test
  void flipped_bits_are_found_and_located() {
    Random random = new Random(SEED);
    parts()
        .forEach(
            (part, range) -> {
              for (int i = 0; i < 25; i++) {
                long offset = range[0] + random.nextLong(range[1] - range[0]);
                assertFlipIsFound(part, offset, random.nextInt(8));
              }
              assertFlipIsFound(part, range[0], 0);
              assertFlipIsFound(part, range[1] - 1, 7);
            });
  }

  private void assertFlipIsFound(Part part, long offset, int bit) {
    byte[] flipped = whole.clone();
    flipped[(int) offset] ^= (byte) (1 << bit);
    Throwable thrown = catchThrowable(() -> verify(flipped));
    assertThat(thrown)
        .as("seed %d: bit %d at offset %d, in the %s", SEED, bit, offset, part)
        .isInstanceOfSatisfying(
            BundleException.class,
            e -> {
              assertThat(e.part()).as(e.getMessage()).isEqualTo(part);
              long where =
                  part == Part.IMAGE || part == Part.HASH_TREE
                      ? offset - offset % 4096
                      : start(part);
              assertThat(e.offset()).as(e.getMessage()).isEqualTo(where);
            })
        .hasMessageContaining("damaged.tiu");
  }

  @Test
  void reading_stops_at_a_damaged_block_too() throws Exception {
    byte[] flipped = whole.clone();
    flipped[10_000] ^= 1;
    Path damaged = directory.resolve("damaged.tiu");
    Files.write(damaged, flipped);
    try (Bundle bundle = kit.open(damaged)) {
      ByteBuffer buffer = ByteBuffer.allocate(4096);
      bundle.imageBytes().read(4096, buffer);
      assertThatThrownBy(() -> bundle.imageBytes().read(8000, buffer.clear()))
          .isInstanceOf(BundleException.class)
          .hasMessageContaining("squashfs image at offset 8192");
    }
  }

  /** The same parts under another manifest that is signed all the same. */
  private byte[] resigned(String from, String to) throws IOException {
    String json = new String(manifest.toJson(), StandardCharsets.UTF_8);
    assertThat(json).contains(from);
    byte[] cms =
        CmsSignature.sign(
            json.replace(from, to).getBytes(StandardCharsets.UTF_8),
            List.of(kit.signer()),
            BundleKit.NOW);
    int start = (int) manifest.cmsOffset();
    byte[] bytes = Arrays.copyOf(whole, start + cms.length + Trailer.SIZE);
    System.arraycopy(cms, 0, bytes, start, cms.length);
    byte[] trailer = new Trailer(start, cms.length).toBytes();
    System.arraycopy(trailer, 0, bytes, start + cms.length, trailer.length);
    return bytes;
  }

  private void assertLieIsFound(String from, String to, Part part, String message)
      throws IOException {
    byte[] bytes = resigned(from, to);
    assertThatThrownBy(() -> verify(bytes))
        .as(to)
        .isInstanceOfSatisfying(BundleException.class, e -> assertThat(e.part()).isEqualTo(part))
        .hasMessageContaining(message);
  }

  @Test
  void signed_lies_are_found() throws Exception {
    Manifest.Image image = manifest.image();
    Manifest.Verity verity = manifest.verity();
    verify(resigned("\"1.0\"", "\"1.1\""));
    assertLieIsFound("\"format\" : 1", "\"format\" : 2", Part.MANIFEST, "Update tiu");
    assertLieIsFound(
        "\"inodes\" : " + image.inodes(), "\"inodes\" : 7", Part.MANIFEST, "contentTable.size");
    assertLieIsFound(
        "\"size\" : " + image.size(), "\"size\" : 4096", Part.MANIFEST, "image.bytesUsed");
    assertLieIsFound(verity.salt(), "00", Part.HASH_TREE, "its superblock says");
    assertLieIsFound(
        verity.uuid().toString(),
        "00000000-0000-8000-8000-000000000000",
        Part.HASH_TREE,
        "its superblock says");
    assertLieIsFound(
        verity.rootHash(), "0".repeat(64), Part.HASH_TREE, "its SHA-256 should be 000000");
    assertLieIsFound(
        manifest.contentTable().sha256(), "0".repeat(64), Part.CONTENT_TABLE, "SHA-256 should be");
    assertLieIsFound("\"gzip\"", "\"xz\"", Part.IMAGE, "compression is xz, the squashfs has gzip");
    assertLieIsFound(
        "\"blockSize\" : 131072", "\"blockSize\" : 4096", Part.IMAGE, "blockSize is 4096");
    assertLieIsFound(
        "\"bytesUsed\" : " + image.bytesUsed(),
        "\"bytesUsed\" : " + (image.bytesUsed() - 1),
        Part.IMAGE,
        "the manifest's bytesUsed is ");
  }

  @Test
  void content_table_that_does_not_fit_is_found_by_path() throws Exception {
    int start = (int) manifest.contentTable().offset();
    byte[] table = Arrays.copyOfRange(whole, start, (int) manifest.cmsOffset());
    int entry = 0;
    while (Arrays.equals(table, 32 * entry, 32 * entry + 32, new byte[32], 0, 32)) {
      entry++;
    }
    table[32 * entry] ^= 1;
    byte[] bytes = resigned(manifest.contentTable().sha256(), Digests.hex(Digests.sha256(table)));
    System.arraycopy(table, 0, bytes, start, table.length);
    long offset = start + 32L * entry;
    assertThatThrownBy(() -> verify(bytes))
        .hasMessageContaining("content table at offset " + offset)
        .hasMessageContaining("the content of etc/");
  }

  @Test
  void untrusted_bundles_are_refused_before_anything_is_read() throws Exception {
    Path other = directory.resolve("other");
    DevelopmentKeys.create(
        other, Optional.empty(), BundleKit.NOW.minusSeconds(60), new SecureRandom());
    Keyring stranger = Keyring.load(other.resolve("ca.crt.pem"));
    byte[] garbage = whole.clone();
    Arrays.fill(garbage, 0, (int) manifest.cmsOffset(), (byte) 0xaa);
    Path path = directory.resolve("damaged.tiu");
    Files.write(path, garbage);
    assertThatThrownBy(
            () -> Bundle.open(FileSource.open(path), Trust.signed(stranger, BundleKit.NOW)))
        .isInstanceOf(BundleException.class)
        .hasCauseInstanceOf(TrustException.class)
        .hasMessageContaining("signature at offset " + manifest.cmsOffset());
    Files.write(path, whole);
    try (Bundle bundle = Bundle.open(FileSource.open(path), Trust.insecureWithoutSignature())) {
      assertThat(bundle.manifest()).isEqualTo(manifest);
      assertThat(bundle.signers()).isEmpty();
    }
  }

  @Test
  void expired_bundle_is_refused_but_its_skeleton_is_not() throws Exception {
    byte[] bytes =
        resigned("\"osRelease\"", "\"expires\" : \"2026-11-20T11:59:59Z\",\n  \"osRelease\"");
    assertThatThrownBy(() -> verify(bytes))
        .isInstanceOf(ExpiredException.class)
        .hasMessageContaining("expired at 2026-11-20T11:59:59Z, and it is 2026-11-20T12:00:00Z");
    Path path = directory.resolve("damaged.tiu");
    try (Bundle skeleton = Bundle.openSkeleton(FileSource.open(path), kit.trust())) {
      assertThat(skeleton.tree().entries()).isNotEmpty();
    }
  }

  @Test
  void lying_trailers_are_refused() {
    long size = whole.length;
    for (long[] lie :
        new long[][] {
          {0, size},
          {-1, 100},
          {manifest.cmsOffset(), Long.MAX_VALUE},
          {Long.MAX_VALUE, 1},
          {Long.MAX_VALUE - 10, 100},
          {size - 33, 1},
          {0, 1},
          {manifest.cmsOffset() - 1, size - 31 - manifest.cmsOffset()}
        }) {
      byte[] bytes = whole.clone();
      ByteBuffer trailer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      trailer.putLong((int) size - 16, lie[0]).putLong((int) size - 8, lie[1]);
      assertThatThrownBy(() -> verify(bytes))
          .as("cms at %d, %d bytes", lie[0], lie[1])
          .isInstanceOf(BundleException.class);
    }
  }

  /** Anything may be wrong in a file; only an IOException may come of it, and soon. */
  @Test
  void random_damage_gives_nothing_but_refusals() {
    Random random = new Random(SEED);
    for (int i = 0; i < 150; i++) {
      byte[] bytes = whole.clone();
      for (int n = random.nextInt(20); n >= 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
      byte[] damaged = Arrays.copyOf(bytes, length);
      if (!Arrays.equals(damaged, whole)) {
        assertThatThrownBy(() -> verify(damaged))
            .as("seed %d, round %d", SEED, i)
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void damaged_skeleton_is_told_from_missing_data() throws Exception {
    Path skeleton = directory.resolve("os.skeleton");
    Path bundlePath = directory.resolve("os.tiu");
    try (Bundle bundle = kit.open(bundlePath);
        FileChannel out =
            FileChannel.open(
                skeleton,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
      bundle.writeSkeleton(out);
      out.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), manifest.image().bytesUsed() - 4);
    }
    try (Bundle bones = Bundle.openSkeleton(FileSource.open(skeleton), kit.trust())) {
      assertThatThrownBy(bones::tree)
          .isInstanceOf(BundleException.class)
          .hasMessageContaining("squashfs image at offset ");
    }
  }
}

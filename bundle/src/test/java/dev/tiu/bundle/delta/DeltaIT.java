package dev.tiu.bundle.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.BundleException;
import dev.tiu.bundle.ContentDigest;
import dev.tiu.bundle.FileSource;
import dev.tiu.bundle.Part;
import dev.tiu.bundle.Progress;
import dev.tiu.bundle.Version;
import dev.tiu.verity.BlockReader;
import dev.tiu.verity.FsVerity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Deltas between two packed trees.
 *
 * <pre>
 * old                    new
 * lib/6.1/driver.ko      lib/6.2/driver.ko       rebuilt
 * program, 3 MB          program                 rebuilt, several segments
 * dictionary             dictionary              begins like one of zstd's own
 * log                    renamed-text            renamed, and a line more
 * same                   same
 *                        copy                    of what was lib/6.1/driver.ko
 *                        random                  nothing like it before
 * full                   full                    empty now
 * </pre>
 */
class DeltaIT {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final byte[] MAGIC = {0x37, (byte) 0xa4, 0x30, (byte) 0xec};

  private static final byte[] DRIVER = Samples.random(60_000);
  private static final byte[] PROGRAM = Samples.random(3_000_000);
  private static final byte[] LOG = text(4000);

  @TempDir private static Path directory;
  private static Packing kit;
  private static Path old;
  private static Path next;
  private static Path delta;

  private static byte[] text(int lines) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      text.append("line ").append(i * 7919 % 10007).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] dictionary(byte[] content) {
    byte[] bytes = content.clone();
    System.arraycopy(MAGIC, 0, bytes, 0, MAGIC.length);
    return bytes;
  }

  private static void put(Path tree, String name, byte[] content) throws IOException {
    Path file = tree.resolve(name);
    Files.createDirectories(file.resolveSibling("").normalize());
    Files.write(file, content);
  }

  @BeforeAll
  static void make() throws IOException {
    kit = new Packing(directory, NOW);
    Path from = directory.resolve("from");
    put(from, "lib/6.1/driver.ko", DRIVER);
    put(from, "program", PROGRAM);
    put(from, "dictionary", dictionary(DRIVER));
    put(from, "log", LOG);
    put(from, "same", Samples.random(500));
    put(from, "full", LOG);
    Path to = directory.resolve("to");
    put(to, "lib/6.2/driver.ko", Samples.rebuilt(DRIVER));
    put(to, "program", Samples.rebuilt(PROGRAM));
    put(to, "dictionary", dictionary(Samples.rebuilt(dictionary(DRIVER))));
    put(to, "renamed-text", text(4010));
    put(to, "same", Samples.random(500));
    put(to, "copy", DRIVER);
    put(to, "random", Arrays.copyOfRange(Samples.random(4_000_000), 3_500_000, 4_000_000));
    put(to, "full", new byte[0]);
    for (int i = 0; i < 100; i++) {
      put(from, "many/" + i, Samples.random(100 + i));
      put(to, "many/" + i, Samples.random(100 + i));
    }
    old = kit.pack(from, "1", "x86_64");
    next = kit.pack(to, "2", "x86_64");
    delta = directory.resolve("2.from-1.tiud");
    write(old, next, delta, 2);
  }

  private static Delta open(Path file) throws IOException {
    return Delta.open(FileSource.open(file), kit.trust());
  }

  private static DeltaSummary write(Path from, Path to, Path output, int threads)
      throws IOException {
    try (Bundle one = kit.open(from);
        Bundle other = kit.open(to)) {
      return new DeltaWriter(5, List.of(kit.signer()), NOW, threads, Progress.NONE)
          .write(one, other, output);
    }
  }

  private static byte[] apply(Delta opened, Patch patch) throws IOException {
    ByteArrayOutputStream made = new ByteArrayOutputStream();
    try (Bundle base = kit.open(old);
        PatchReader reader = opened.reader()) {
      Contents contents = Contents.of(base);
      ByteBuffer buffer = ByteBuffer.allocateDirect(Segment.MAX_SIZE);
      for (Segment segment : patch.segments()) {
        Content content = contents.find(segment.old().digest()).orElseThrow();
        reader.read(segment, content.bytes(), buffer.clear());
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes);
        made.writeBytes(bytes);
      }
    }
    return made.toByteArray();
  }

  private static void assertMakes(byte[] content) throws IOException {
    try (Delta opened = open(delta)) {
      Patch patch = opened.patch(FsVerity.digest(content)).orElseThrow();
      assertThat(apply(opened, patch)).isEqualTo(content);
    }
  }

  private static void assertLeft(byte[] content) throws IOException {
    try (Delta opened = open(delta)) {
      assertThat(opened.patch(FsVerity.digest(content))).isEmpty();
    }
  }

  @Test
  void renamed_version_is_patched() throws Exception {
    assertMakes(Samples.rebuilt(DRIVER));
  }

  @Test
  void large_file_is_patched_in_segments() throws Exception {
    byte[] program = Samples.rebuilt(PROGRAM);
    assertMakes(program);
    try (Delta opened = open(delta)) {
      Patch patch = opened.patch(FsVerity.digest(program)).orElseThrow();
      assertThat(patch.segments()).hasSizeGreaterThan(2);
      assertThat(patch.stored().length()).isLessThan(program.length / 10);
      opened.expect(List.of(patch));
    }
  }

  @Test
  void file_that_begins_like_a_dictionary_of_zstd_is_patched() throws Exception {
    assertMakes(dictionary(Samples.rebuilt(dictionary(DRIVER))));
  }

  @Test
  void renamed_file_is_found_by_its_content() throws Exception {
    assertMakes(text(4010));
    try (Delta opened = open(delta)) {
      Patch patch = opened.patch(FsVerity.digest(text(4010))).orElseThrow();
      assertThat(patch.segments().get(0).old().digest())
          .isEqualTo(ContentDigest.of(FsVerity.digest(LOG)));
    }
  }

  @Test
  void what_the_old_image_has_needs_no_patch() throws Exception {
    assertLeft(Samples.random(500));
    assertLeft(DRIVER);
    assertLeft(new byte[0]);
  }

  @Test
  void content_is_the_same_however_many_threads_make_it() throws Exception {
    Path again = directory.resolve("again.tiud");
    write(old, next, again, 1);
    try (Delta one = open(delta);
        Delta other = open(again)) {
      assertThat(other.manifestJson()).isEqualTo(one.manifestJson());
      assertThat(other.id()).isEqualTo(one.id());
    }
  }

  @Test
  void nothing_but_the_delta_is_left() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .noneMatch(name -> name.contains("partial"));
    }
  }

  @Test
  void content_table_is_made_of_the_old_one() throws Exception {
    try (Delta opened = open(delta);
        Bundle from = kit.open(old);
        Bundle to = kit.open(next)) {
      byte[] table = to.contentTable().toArray();
      assertThat(opened.contentTable(from.contentTable().toArray()).orElse(new byte[0]))
          .isEqualTo(table);
      Patch patch =
          opened.patch(opened.manifest().contentTable().orElseThrow().bytes()).orElseThrow();
      assertThat(patch.stored().length()).isLessThan(table.length / 2);
    }
  }

  @Test
  void content_table_isnt_made_of_another_one() throws Exception {
    try (Delta opened = open(delta);
        Bundle to = kit.open(next)) {
      assertThat(opened.contentTable(to.contentTable().toArray())).isEmpty();
      assertThat(opened.contentTable(new byte[0])).isEmpty();
    }
  }

  @Test
  void content_table_that_isnt_the_signed_one_isnt_taken() throws Exception {
    try (Bundle from = kit.open(old);
        Bundle to = kit.open(next)) {
      assertThat(to.useContentTable(from.contentTable().toArray())).isFalse();
      assertThat(to.useContentTable(to.contentTable().toArray())).isTrue();
      to.readDescription();
    }
  }

  @Test
  void images_are_named() throws Exception {
    try (Delta opened = open(delta);
        Bundle from = kit.open(old);
        Bundle to = kit.open(next)) {
      assertThat(opened.manifest().from())
          .isEqualTo(new DeltaManifest.Image(from.imageId(), new Version("1")));
      assertThat(opened.manifest().to())
          .isEqualTo(new DeltaManifest.Image(to.imageId(), new Version("2")));
      assertThat(opened.signers()).hasSize(1);
    }
  }

  @Test
  void whole_delta_is_accepted() throws Exception {
    try (Delta opened = open(delta)) {
      opened.verify(2, Progress.NONE);
    }
  }

  @Test
  void damage_in_any_part_is_found_and_located() throws Exception {
    DeltaManifest manifest;
    try (Delta opened = open(delta)) {
      manifest = opened.manifest();
    }
    assertDamageFound(Part.PATCHES, manifest.data().bytesUsed() / 2);
    assertDamageFound(Part.PATCHES, manifest.data().bytesUsed() + 1);
    assertDamageFound(Part.HASH_TREE, manifest.verity().treeOffset() + 40);
    assertDamageFound(Part.HASH_TREE, manifest.index().offset() - 20);
    assertDamageFound(Part.PATCH_INDEX, manifest.index().offset() + 5);
    assertDamageFound(Part.SIGNATURE, manifest.cmsOffset() + 100);
    assertDamageFound(Part.TRAILER, Files.size(delta) - 3);
  }

  private static void assertDamageFound(Part part, long offset) throws IOException {
    byte[] bytes = Files.readAllBytes(delta);
    bytes[(int) offset] ^= 0x10;
    Path damaged = directory.resolve("damaged.tiud");
    Files.write(damaged, bytes);
    assertThatThrownBy(
            () -> {
              try (Delta opened = open(damaged)) {
                opened.verify(1, Progress.NONE);
              }
            })
        .as("%s at %d", part, offset)
        .isInstanceOfSatisfying(BundleException.class, e -> assertThat(e.part()).isEqualTo(part));
  }

  @Test
  void damaged_patch_is_refused_before_it_is_unpacked() throws Exception {
    byte[] bytes = Files.readAllBytes(delta);
    bytes[10] ^= 1;
    Path damaged = directory.resolve("bit.tiud");
    Files.write(damaged, bytes);
    try (Delta opened = open(damaged)) {
      Patch first = opened.patches().get(0);
      assertThatThrownBy(() -> apply(opened, first))
          .isInstanceOf(BundleException.class)
          .hasMessageContaining("patches at offset 0");
    }
  }

  @Test
  void delta_that_is_cut_short_is_refused() throws Exception {
    byte[] bytes = Files.readAllBytes(delta);
    Path cut = directory.resolve("cut.tiud");
    for (int length : new int[] {0, 31, 32, bytes.length / 2, bytes.length - 1}) {
      Files.write(cut, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> open(cut))
          .isInstanceOf(BundleException.class)
          .hasMessageContaining("trailer");
    }
  }

  @Test
  void bundle_and_delta_are_told_apart() {
    assertThatThrownBy(() -> kit.open(delta)).hasMessageContaining("this is a delta, not a bundle");
    assertThatThrownBy(() -> open(old)).hasMessageContaining("this is a bundle, not a delta");
  }

  @Test
  void another_old_file_is_refused_or_shows_in_the_digest() throws Exception {
    byte[] program = Samples.rebuilt(PROGRAM);
    try (Delta opened = open(delta);
        PatchReader reader = opened.reader()) {
      Segment segment = opened.patch(FsVerity.digest(program)).orElseThrow().segments().get(0);
      ByteBuffer made = ByteBuffer.allocateDirect(segment.size());
      assertThatThrownBy(() -> reader.read(segment, BlockReader.of(new byte[100]), made))
          .isInstanceOf(DeltaException.class)
          .hasMessageContaining("is shorter than 3000000 bytes");
    }
  }

  @Test
  void images_that_no_device_goes_between_are_refused() throws Exception {
    Path other = kit.pack(directory.resolve("to"), "3", "aarch64");
    Path output = directory.resolve("no.tiud");
    assertThatThrownBy(() -> write(old, other, output, 1))
        .isInstanceOf(UnrelatedImagesException.class)
        .hasMessageContaining("x86_64");
    assertThatThrownBy(() -> write(old, old, output, 1))
        .isInstanceOf(UnrelatedImagesException.class)
        .hasMessageContaining("the same image");
    assertThat(output).doesNotExist();
  }
}

package dev.tiu.bundle.delta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.bundle.Bundle;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which old file a new one is made from, and which patches go into a delta.
 *
 * <pre>
 * old                     new
 * app                     app                  rebuilt
 * small/tiny, 15 bytes    small/tiny           16 others
 * lib/libx.so.1.2.so      lib/libx.so.1.3.so   rebuilt
 * gone/readme             moved/manual         the same but for its first bytes
 * a.conf, b.conf          c.conf               like neither, of b.conf's size
 *                         alone.only           like nothing
 * </pre>
 */
class OldFilesIT {
  private static final byte[] APP = Samples.random(50_000);
  private static final byte[] LIBRARY = Arrays.copyOfRange(Samples.random(200_000), 60_000, 99_000);
  private static final byte[] TEXT = Arrays.copyOfRange(Samples.random(300_000), 200_000, 230_000);

  @TempDir private static Path directory;
  private static Bundle oldBundle;
  private static Bundle newBundle;
  private static Contents old;
  private static Contents next;
  private static OldFiles oldFiles;

  private static void put(String name, byte[] content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.resolveSibling("").normalize());
    Files.write(file, content);
  }

  private static byte[] noise(int from, int size) {
    return Arrays.copyOfRange(Samples.random(500_000), from, from + size);
  }

  @BeforeAll
  static void make() throws IOException {
    put("from/app", APP);
    put("from/small/tiny", noise(300_000, 15));
    put("from/lib/libx.so.1.2.so", LIBRARY);
    put("from/gone/readme", TEXT);
    put("from/a.conf", noise(310_000, 500));
    put("from/b.conf", noise(320_000, 900));
    put("to/app", Samples.rebuilt(APP));
    put("to/small/tiny", noise(330_000, 16));
    put("to/lib/libx.so.1.3.so", Samples.rebuilt(LIBRARY));
    byte[] manual = TEXT.clone();
    Arrays.fill(manual, 0, 100, (byte) 7);
    put("to/moved/manual", manual);
    put("to/c.conf", noise(340_000, 910));
    put("to/alone.only", noise(350_000, 3000));
    Packing kit = new Packing(directory, Instant.parse("2026-11-20T12:00:00Z"));
    oldBundle = kit.open(kit.pack(directory.resolve("from"), "1", "x86_64"));
    newBundle = kit.open(kit.pack(directory.resolve("to"), "2", "x86_64"));
    old = Contents.of(oldBundle);
    next = Contents.of(newBundle);
    oldFiles = new OldFiles(old, next);
  }

  @AfterAll
  static void close() throws IOException {
    oldBundle.close();
    newBundle.close();
  }

  private static Content content(Contents of, String path) {
    return of.at(BytePath.of(path)).orElseThrow();
  }

  private static Optional<String> found(String path) throws IOException {
    return oldFiles.find(content(next, path)).map(content -> content.path().toString());
  }

  @Test
  void file_of_the_same_path_comes_first() throws IOException {
    assertThat(found("app")).contains("app");
  }

  @Test
  void file_too_small_to_gain_anything_from_is_passed_over() throws IOException {
    assertThat(found("small/tiny")).isEmpty();
  }

  @Test
  void file_of_another_version_is_found_by_the_rest_of_its_name() throws IOException {
    assertThat(found("lib/libx.so.1.3.so")).contains("lib/libx.so.1.2.so");
  }

  @Test
  void renamed_file_is_found_by_what_is_in_it() throws IOException {
    assertThat(found("moved/manual")).contains("gone/readme");
  }

  @Test
  void else_a_file_of_the_same_kind_and_about_that_size_is_taken() throws IOException {
    assertThat(found("c.conf")).contains("b.conf");
    assertThat(found("alone.only")).isEmpty();
  }

  @Test
  void content_that_shares_nothing_is_not_similar() throws IOException {
    Similarity similarity = new Similarity();
    similarity.add(content(old, "gone/readme"));
    assertThat(similarity.find(content(next, "moved/manual")))
        .contains(content(old, "gone/readme"));
    assertThat(similarity.find(content(next, "app"))).isEmpty();
  }

  private static EncodedPatch patch(String path, int storedSize) {
    Content content = content(next, path);
    EncodedPatch.EncodedSegment segment =
        new EncodedPatch.EncodedSegment((int) content.size(), 0, 100, 0, storedSize, 0);
    return new EncodedPatch(content, content(old, "app"), List.of(segment));
  }

  /** One of that size for each new file; none for the table of contents. */
  private static List<EncodedPatch> patches(int storedSize) {
    return next.missingIn(old).stream()
        .filter(content -> !content.equals(next.table()))
        .map(content -> patch(content.path().toString(), storedSize))
        .toList();
  }

  private static Choice choose(List<EncodedPatch> made) {
    return Choice.of(next.missingIn(old), made);
  }

  /**
   * All these files' content lies in one fragment block, which has to be fetched for any of them.
   */
  @Test
  void patches_of_a_fragment_pay_only_if_nothing_of_it_is_fetched() {
    List<EncodedPatch> all = patches(50);

    Choice whole = choose(all);
    assertThat(whole.used()).isEqualTo(all);
    assertThat(whole.left()).isZero();
    assertThat(whole.leftBytes()).isZero();

    Choice butOne = choose(all.subList(1, all.size()));
    assertThat(butOne.used()).isEmpty();
    assertThat(butOne.left()).isEqualTo(all.size());
    assertThat(butOne.leftBytes()).isPositive();
  }

  @Test
  void patches_larger_than_what_they_make_are_left_out() {
    assertThat(choose(patches(1_000_000)).used()).isEmpty();
  }
}

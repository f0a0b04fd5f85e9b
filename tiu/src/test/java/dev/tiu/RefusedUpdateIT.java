package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An update that must not be: whatever is wrong with it, the device stays as it was. */
class RefusedUpdateIT {
  private static final int NO_SPACE = ExitCode.NO_SPACE.number();

  @TempDir private static Path directory;

  private static final Tiu TIU = Tiu.now();
  private static SampleSystems samples;
  private static BtrfsDisk disk;
  private static List<String> before;

  @BeforeAll
  static void install() throws IOException {
    samples = SampleSystems.make(directory, TIU);
    disk = BtrfsDisk.create(512 << 20);
    TIU.run("install", "--sysroot", top(), "--keyring", samples.keyring(), samples.v1()).orFail();
    before = everything();
  }

  @AfterAll
  static void removeDisk() throws IOException {
    disk.close();
  }

  private static Path top() {
    return disk.mountPoint();
  }

  /** Every name on the disk with its size and times, and what is the default. */
  private static List<String> everything() throws IOException {
    List<String> all = new ArrayList<>();
    String find = Command.of("find", top() + "/@", "-printf", "%P %y %s %T@ %C@\\n").run().text();
    // A number given out and taken back shows in the directory's own times.
    find.lines().filter(line -> !line.startsWith(".snapshots d")).sorted().forEach(all::add);
    all.add(
        Command.of("btrfs", "subvolume", "get-default", top().toString())
            .run()
            .text()
            .replaceAll("gen [0-9]+", ""));
    return all;
  }

  private static void assertRefused(Path bundle, ExitCode code, Tiu.Outcome outcome)
      throws IOException {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
    assertThat(outcome.err()).contains(bundle.getFileName().toString());
    assertThat(everything()).as("the device, after %s", outcome.err()).isEqualTo(before);
  }

  private static Tiu.Outcome update(Tiu tiu, Path bundle, Path keyring) {
    return tiu.run("update", "--sysroot", top(), "--keyring", keyring, bundle);
  }

  /** Where each part of the bundle begins, and the end. */
  private static Map<String, Long> edges() throws IOException {
    JsonNode manifest =
        TIU.run("info", "--json", "--keyring", samples.keyring(), samples.v2()).orFail().json();
    long table = manifest.path("contentTable").path("offset").asLong();
    Map<String, Long> edges = new LinkedHashMap<>();
    edges.put("image", 0L);
    edges.put("tree", manifest.path("verity").path("treeOffset").asLong());
    edges.put("table", table);
    edges.put("signature", table + manifest.path("contentTable").path("size").asLong());
    edges.put("trailer", Files.size(samples.v2()) - 32);
    edges.put("end", Files.size(samples.v2()));
    return edges;
  }

  @Test
  void a_bundle_truncated_at_any_edge_is_refused() throws IOException {
    for (Map.Entry<String, Long> edge : edges().entrySet()) {
      for (long size : new long[] {edge.getValue() - 1, edge.getValue(), edge.getValue() + 1}) {
        if (size < 0 || size >= Files.size(samples.v2())) {
          continue;
        }
        Path cut = directory.resolve("cut.tiu");
        Files.copy(samples.v2(), cut);
        try (FileChannel channel = FileChannel.open(cut, StandardOpenOption.WRITE)) {
          channel.truncate(size);
        }
        assertRefused(cut, ExitCode.DAMAGED, update(TIU, cut, samples.keyring()));
        Files.delete(cut);
      }
    }
  }

  /** An installation reads every byte, so that none of them can be wrong unnoticed. */
  @Test
  void a_flipped_byte_in_any_part_is_refused() throws IOException {
    List<Long> offsets = List.copyOf(edges().values());
    try (BtrfsDisk empty = BtrfsDisk.create(512 << 20)) {
      for (int i = 0; i + 1 < offsets.size(); i++) {
        long length = offsets.get(i + 1) - offsets.get(i);
        for (long within : new long[] {8, length / 3, length - 8}) {
          Path flipped = flipped(offsets.get(i) + within);
          Tiu.Outcome outcome =
              TIU.run(
                  "install",
                  "--sysroot",
                  empty.mountPoint(),
                  "--keyring",
                  samples.keyring(),
                  flipped);
          assertThat(outcome.code())
              .as("byte %d: %s", offsets.get(i) + within, outcome.out() + outcome.err())
              .isIn(ExitCode.DAMAGED, ExitCode.UNTRUSTED);
          assertThat(outcome.err()).contains("flipped.tiu");
          assertThat(empty.mountPoint().resolve("@")).doesNotExist();
          assertThat(empty.mountPoint().resolve("@.tiu-unfinished")).doesNotExist();
        }
      }
    }
  }

  /** An update reads what it needs; this is in the middle of a file that has changed. */
  @Test
  void a_flipped_byte_that_an_update_needs_is_refused() throws IOException {
    byte[] bundle = Files.readAllBytes(samples.v2());
    byte[] wanted = Files.readAllBytes(samples.tree("v2").resolve("usr/lib/big"));
    byte[] piece = Arrays.copyOfRange(wanted, 1 << 20, (1 << 20) + 64);
    int offset = indexOf(bundle, piece);
    assertThat(offset).as("incompressible content, stored as it is").isPositive();

    Path flipped = flipped(offset);

    assertRefused(flipped, ExitCode.DAMAGED, update(TIU, flipped, samples.keyring()));
  }

  private static int indexOf(byte[] all, byte[] piece) {
    for (int i = 0; i + piece.length <= all.length; i++) {
      if (Arrays.equals(all, i, i + piece.length, piece, 0, piece.length)) {
        return i;
      }
    }
    return -1;
  }

  private static Path flipped(long offset) throws IOException {
    Path flipped = directory.resolve("flipped.tiu");
    Files.copy(samples.v2(), flipped, StandardCopyOption.REPLACE_EXISTING);
    flip(flipped, offset);
    return flipped;
  }

  private static void flip(Path file, long offset) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, offset);
      one.put(0, (byte) (one.get(0) ^ 0x40));
      channel.write(one.flip(), offset);
    }
  }

  @Test
  void a_signer_that_another_authority_made_is_refused() throws IOException {
    TIU.run("key", "init", directory.resolve("others")).orFail();

    Tiu.Outcome outcome = update(TIU, samples.v2(), directory.resolve("others/ca.crt.pem"));

    assertRefused(samples.v2(), ExitCode.UNTRUSTED, outcome);
  }

  @Test
  void a_signature_is_not_trusted_when_its_certificates_have_expired() throws IOException {
    Clock late = Clock.offset(Clock.systemUTC(), Duration.ofDays(365 * 60));

    Tiu.Outcome outcome = update(new Tiu(late, Map.of()), samples.v2(), samples.keyring());

    assertRefused(samples.v2(), ExitCode.UNTRUSTED, outcome);
  }

  @Test
  void a_bundle_that_has_expired_is_refused() throws IOException {
    Path bundle = samples.pack("v2", "2.1", "--expires", "2025-12-31T00:00:00Z");

    Tiu.Outcome outcome = update(TIU, bundle, samples.keyring());

    assertRefused(bundle, ExitCode.UNFIT, outcome);
  }

  @Test
  void an_image_that_needs_a_later_version_is_refused() throws IOException {
    Path bundle = samples.pack("v2", "3", "--min-version", "2");

    Tiu.Outcome outcome = update(TIU, bundle, samples.keyring());

    assertThat(outcome.code()).isEqualTo(ExitCode.UNFIT);
    assertThat(outcome.err()).contains("version 2 or later");
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void an_image_of_another_architecture_is_refused() throws IOException {
    Path bundle = samples.pack("v2", "4", "--architecture", "riscv64");

    Tiu.Outcome outcome = update(TIU, bundle, samples.keyring());

    assertThat(outcome.code()).isEqualTo(ExitCode.UNFIT);
    assertThat(outcome.err()).contains("riscv64");
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void a_missing_keyring_or_bundle_is_named() throws IOException {
    Tiu.Outcome noKeyring = update(TIU, samples.v2(), directory.resolve("no-keyring"));
    assertThat(noKeyring.code()).isNotEqualTo(ExitCode.OK);
    assertThat(noKeyring.err()).contains("no-keyring");

    Tiu.Outcome noBundle = update(TIU, directory.resolve("no.tiu"), samples.keyring());
    assertThat(noBundle.err()).contains("no.tiu");
    assertThat(everything()).isEqualTo(before);
  }

  /** strace says ENOSPC to a write in the middle, as a disk does that others fill meanwhile. */
  @Test
  void a_disk_that_fills_up_in_the_middle_is_left_as_it_was() throws IOException {
    for (String call : List.of("pwrite64", "mkdirat", "utimensat", "syncfs")) {
      // The first sync seals; the second one follows names that were missing in shared directories.
      int number = call.equals("syncfs") ? 1 : 2;
      assertThat(exitCodeWithFull(call, number)).as(call).isEqualTo(NO_SPACE);
      assertThat(everything()).as("after ENOSPC from " + call).isEqualTo(before);
    }
  }

  /** How an update in a process of its own ends, whose nth call of a kind fails. */
  private static int exitCodeWithFull(String call, int number) throws IOException {
    List<String> argv = new ArrayList<>(Strace.withoutRoom(call, number));
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path")));
    argv.addAll(List.of(Main.class.getName(), "update", "--threads", "1"));
    argv.addAll(List.of("--sysroot", top().toString()));
    argv.addAll(List.of("--keyring", samples.keyring().toString(), samples.v2().toString()));
    return Command.of(argv).accepting(0, NO_SPACE).run().exitCode();
  }
}

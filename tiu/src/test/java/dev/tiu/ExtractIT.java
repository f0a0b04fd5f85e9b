package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tiu extract}, its results judged by tools that aren't ours. */
class ExtractIT {
  /** All that a tree is, in lines. */
  private static final String FACTS =
      """
      set -eu
      export LC_ALL=C
      cd "$D"
      lines() { sort -z | tr '\\0' '\\n'; }
      find . -type d -printf '%y %m %U:%G %T@ %p\\0' | lines
      find . ! -type d -printf '%y %m %U:%G %n %s %T@ %l %p\\0' | lines
      find . -type f -print0 | sort -z | xargs -0 sha256sum
      find . '(' -type b -o -type c ')' -print0 | sort -z | xargs -0r stat -c '%n %t:%T'
      find . -print0 | sort -z | xargs -0 getfattr -h -d -m - -e hex
      find . -print0 | sort -z | xargs -0 getfacl -n -P
      getcap -r . | sort
      find . -type f -links +1 -print0 | sort -z | while IFS= read -r -d '' f; do
        echo "$f is"; find . -samefile "$f" | sort
      done
      """;

  @TempDir private static Path directory;

  private static final Tiu TIU = Tiu.now();
  private static SampleSystems samples;

  private BtrfsDisk disk;

  @BeforeAll
  static void pack() throws IOException {
    samples = SampleSystems.make(directory, TIU);
  }

  @BeforeEach
  void makeDisk() throws IOException {
    disk = BtrfsDisk.create(256 << 20);
  }

  @AfterEach
  void removeDisk() throws IOException {
    disk.close();
  }

  private static String facts(Path tree) throws IOException {
    String path = "/usr/sbin:/usr/bin:/sbin:/bin";
    return Command.of("bash", "-o", "pipefail", "-c", FACTS)
        .environment(Map.of("D", tree.toString(), "PATH", path))
        .run()
        .text();
  }

  private static Tiu.Outcome extract(Path bundle, Path target) {
    return TIU.run("extract", "--keyring", samples.keyring(), bundle, target);
  }

  private static List<String> names(Path dir) throws IOException {
    try (Stream<Path> entries = Files.list(dir)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  /** A copy of v1's bundle whose image has one bit flipped where only file data is. */
  private static Path damaged() throws IOException {
    Path copy = directory.resolve("damaged.tiu");
    Files.copy(samples.v1(), copy, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel file =
        FileChannel.open(copy, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      file.read(one, 1_000_000);
      file.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 1)}), 1_000_000);
    }
    return copy;
  }

  @Test
  void new_subvolume_equals_the_tree_that_was_packed() throws IOException {
    Path target = disk.mountPoint().resolve("system");
    assertThat(extract(samples.v1(), target).orFail().out()).contains("a new subvolume");
    assertThat(facts(target)).isEqualTo(facts(samples.tree("v1")));
    assertThat(TreeComparison.differences(samples.tree("v1"), target)).isEmpty();
    Command.of("btrfs", "subvolume", "show", target.toString()).run();
    assertThat(names(disk.mountPoint())).containsExactly("system");
  }

  @Test
  void empty_directory_is_filled_where_it_is() throws IOException {
    Path target = Files.createDirectory(directory.resolve("empty"));
    extract(samples.v2(), target).orFail();
    assertThat(facts(target)).isEqualTo(facts(samples.tree("v2")));
  }

  @Test
  void directory_is_made_where_there_are_no_subvolumes() throws IOException {
    Path target = directory.resolve("made");
    assertThat(extract(samples.v1(), target).orFail().out()).doesNotContain("subvolume");
    assertThat(TreeComparison.differences(samples.tree("v1"), target)).isEmpty();
  }

  @Test
  void holes_stay_holes() throws IOException {
    Path target = disk.mountPoint().resolve("system");
    extract(samples.v1(), target).orFail();
    String blocks =
        Command.of("stat", "-c", "%b", target.resolve("usr/lib/sparse").toString()).run().text();
    assertThat(Long.parseLong(blocks)).isLessThan(1024); // of 512 bytes; the file has 5 MiB
  }

  @Test
  void directory_that_is_not_empty_is_refused_by_name() throws IOException {
    Path target = Files.createDirectory(directory.resolve("full"));
    Files.writeString(target.resolve("precious"), "x");
    Tiu.Outcome outcome = extract(samples.v1(), target);
    assertThat(outcome.code()).isEqualTo(ExitCode.DEVICE);
    assertThat(outcome.err()).contains(target.toString(), "not empty", "precious");
    assertThat(names(target)).containsExactly("precious");
  }

  @Test
  void what_is_no_directory_is_refused_by_name() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    assertThat(extract(samples.v1(), file).err()).contains(file.toString(), "isn't a directory");
    assertThat(extract(samples.v1(), file.resolve("below")).err()).contains("can't be made");
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("nowhere"));
    assertThat(extract(samples.v1(), link).err()).contains("leads nowhere");
    Path longName = directory.resolve("n".repeat(250));
    assertThat(extract(samples.v1(), longName).err()).contains("can't be made", "a name may have");
    assertThat(file).hasContent("x");
  }

  @Test
  void damage_found_on_the_way_leaves_nothing() throws IOException {
    Path target = disk.mountPoint().resolve("system");
    Tiu.Outcome outcome = extract(damaged(), target);
    assertThat(outcome.code()).isEqualTo(ExitCode.DAMAGED);
    assertThat(outcome.err()).contains("damaged.tiu", "offset 999424");
    assertThat(names(disk.mountPoint())).isEmpty();
    assertThat(Command.of("btrfs", "subvolume", "list", disk.mountPoint().toString()).run().text())
        .isEmpty();
  }

  @Test
  void damage_found_on_the_way_leaves_an_empty_directory_as_it_was() throws IOException {
    Path target = Files.createDirectory(disk.mountPoint().resolve("empty"));
    Command.of("chown", "7:8", target.toString()).run();
    Command.of("touch", "-d", "@1234567890", target.toString()).run();
    String before = Command.of("stat", "-c", "%a %u:%g %y", target.toString()).run().text();
    assertThat(extract(damaged(), target).code()).isEqualTo(ExitCode.DAMAGED);
    assertThat(names(target)).isEmpty();
    assertThat(Command.of("stat", "-c", "%a %u:%g %y", target.toString()).run().text())
        .isEqualTo(before);
  }

  @Test
  void signature_that_is_not_trusted_writes_nothing() throws IOException {
    Path other = directory.resolve("strangers");
    TIU.run("key", "init", other).orFail();
    Path target = disk.mountPoint().resolve("system");
    Tiu.Outcome outcome =
        TIU.run("extract", "--keyring", other.resolve("ca.crt.pem"), samples.v1(), target);
    assertThat(outcome.code()).isEqualTo(ExitCode.UNTRUSTED);
    assertThat(names(disk.mountPoint())).isEmpty();
  }

  @Test
  void disk_without_room_is_left_alone() throws IOException {
    Path ballast = disk.mountPoint().resolve("ballast");
    String free =
        Command.of("stat", "-f", "-c", "%a %S", disk.mountPoint().toString()).run().text();
    String[] numbers = free.split(" ", -1);
    long bytes = Long.parseLong(numbers[0]) * Long.parseLong(numbers[1]) - (4 << 20);
    Command.of("fallocate", "-l", Long.toString(bytes), ballast.toString()).run();
    Tiu.Outcome outcome = extract(samples.v1(), disk.mountPoint().resolve("system"));
    assertThat(outcome.code()).isEqualTo(ExitCode.NO_SPACE);
    assertThat(outcome.err()).contains("Nothing was written");
    assertThat(names(disk.mountPoint())).containsExactly("ballast");
  }

  @Test
  void leftovers_of_a_killed_run_are_replaced() throws IOException {
    Path left = disk.mountPoint().resolve(".system.tiu-unfinished");
    Command.of("btrfs", "subvolume", "create", left.toString()).run();
    Files.writeString(left.resolve("half"), "x");
    Path target = disk.mountPoint().resolve("system");
    extract(samples.v1(), target).orFail();
    assertThat(names(disk.mountPoint())).containsExactly("system");
    assertThat(TreeComparison.differences(samples.tree("v1"), target)).isEmpty();
  }
}

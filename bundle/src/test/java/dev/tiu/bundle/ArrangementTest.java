package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileType;
import dev.tiu.verity.FsVerity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trees on their way to mksquashfs, in the order of an earlier image. */
final class ArrangementTest {
  private static final CreateListener SILENT =
      new CreateListener() {
        @Override
        public void note(Note note) {}

        @Override
        public void at(Stage stage, long done, long total) {}
      };

  private static final int BLOCK = 1000;

  @TempDir private Path directory;

  private static ContentOrder order(String... contents) {
    return ContentOrder.of(
        Stream.of(contents)
            .map(content -> Bytes.of(FsVerity.digest(content.getBytes(StandardCharsets.UTF_8))))
            .toList());
  }

  /** What mksquashfs would be fed: paths, and contents after an equals sign. */
  private static List<String> fed(TreeSource source, ContentOrder order, ContentSpool spool)
      throws IOException {
    Arrangement arrangement = new Arrangement(source.name(), order, BLOCK, spool);
    TreeFeed feed = new TreeFeed(source.name(), new ImageFilter(List.of()), 7, SILENT, arrangement);
    source.walk(feed);
    feed.finish();
    return fed(arrangement.arrange(2));
  }

  private static List<String> fed(Arrangement.Arranged arranged) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarFeed tar = new TarFeed("os", SILENT, new TarWriter(out, BytePath.of("r")));
    arranged.feed(tar);
    tar.finish();
    TarReader reader = new TarReader(new ByteArrayInputStream(out.toByteArray()), "fed");
    List<String> entries = new ArrayList<>();
    for (Optional<TarReader.Entry> next = reader.next(); next.isPresent(); next = reader.next()) {
      String content = new String(next.get().content().readAllBytes(), StandardCharsets.UTF_8);
      entries.add(next.get().name() + (content.isEmpty() ? "" : "=" + content));
    }
    return entries;
  }

  private List<String> fedFrom(byte[] tar, ContentOrder order) throws IOException {
    try (TreeSource source = new TarSource(new ByteArrayInputStream(tar), "os.tar");
        ContentSpool spool = new ContentSpool(directory.resolve("os.tiu"))) {
      return fed(source, order, spool);
    }
  }

  private List<String> fedFromFile(byte[] tar, ContentOrder order) throws IOException {
    Path archive = Files.write(directory.resolve("os.tar"), tar);
    try (FileChannel file = FileChannel.open(archive);
        TreeSource source = TarSource.of(file, "os.tar");
        ContentSpool spool = new ContentSpool(directory.resolve("os.tiu"))) {
      List<String> fed = fed(source, order, spool);
      assertThat(files()).as("nothing is spooled").containsExactly("os.tar");
      return fed;
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void known_contents_come_first_as_they_lay_and_new_ones_as_they_came() throws Exception {
    byte[] tar =
        new TarBuilder()
            .file("d/new", "n")
            .file("d/second", "2")
            .file("a", "m")
            .file("renamed", "1")
            .file("third", "3")
            .build();
    assertThat(fedFrom(tar, order("1", "gone", "2", "3")))
        .containsExactly(
            "r", "r/d", "r/renamed=1", "r/d/second=2", "r/third=3", "r/d/new=n", "r/a=m");
  }

  @Test
  void small_new_files_fill_the_open_fragment_before_large_ones_come() throws Exception {
    String large = "l".repeat(BLOCK);
    String known = "k".repeat(BLOCK);
    byte[] tar =
        new TarBuilder().file("a", large).file("b", known).file("c", "1").file("d", "2").build();
    assertThat(fedFrom(tar, order("1", known)))
        .containsExactly("r", "r/c=1", "r/b=" + known, "r/d=2", "r/a=" + large);
  }

  @Test
  void directories_come_first_and_hard_links_last() throws Exception {
    byte[] tar =
        new TarBuilder()
            .file("z", "new")
            .hardLink("a", "z")
            .symlink("s", "z")
            .file("b/c", "old")
            .directory("b")
            .build();
    assertThat(fedFrom(tar, order("old")))
        .containsExactly("r", "r/b", "r/s", "r/b/c=old", "r/z=new", "r/a");
  }

  @Test
  void plain_archive_in_a_file_is_read_twice_and_kept_nowhere() throws Exception {
    byte[] tar =
        new TarBuilder().file("a", "x".repeat(700)).file("empty", "").file("b", "y").build();
    assertThat(fedFromFile(tar, order("y")))
        .containsExactly("r", "r/b=y", "r/a=" + "x".repeat(700), "r/empty")
        .isEqualTo(fedFrom(tar, order("y")));
  }

  @Test
  void spooled_contents_are_gone_in_the_end() throws Exception {
    fedFrom(new TarBuilder().file("a", "1").build(), order());
    assertThat(files()).isEmpty();
  }

  @Test
  void zeros_take_no_room_in_the_spool() throws Exception {
    byte[] content = new byte[300_000];
    content[200_000] = 1;
    try (ContentSpool spool = new ContentSpool(directory.resolve("os.tiu"))) {
      Rereadable kept = spool.keep(new ByteArrayInputStream(content), content.length, "x");
      Rereadable zeros = spool.keep(new ByteArrayInputStream(new byte[9]), 9, "y");
      assertThat(kept.again().readAllBytes()).isEqualTo(content);
      assertThat(kept.again().readAllBytes()).as("again").isEqualTo(content);
      assertThat(zeros.again().readAllBytes()).isEqualTo(new byte[9]);
    }
  }

  private static final TreeEntry FILE = entry("f", 3);

  private static TreeEntry entry(String path, long size) {
    TreeEntry directory = TreeEntry.impliedDirectory(BytePath.of(path), 7);
    return new TreeEntry(
        directory.path(),
        FileType.REGULAR,
        0644,
        0,
        0,
        7,
        size,
        0,
        0,
        Bytes.EMPTY,
        Optional.empty(),
        directory.xattrs());
  }

  /** A content that is another one each time it is read. */
  private static final class Restless extends ByteArrayInputStream implements Rereadable {
    private final String[] readings;
    private int next;

    Restless(String... readings) {
      super(new byte[0]);
      this.readings = readings;
    }

    @Override
    public ByteArrayInputStream again() {
      return new ByteArrayInputStream(readings[next++].getBytes(StandardCharsets.UTF_8));
    }
  }

  private Arrangement.Arranged arranged(String... readings) throws IOException {
    Arrangement arrangement =
        new Arrangement("os", order(), BLOCK, new ContentSpool(directory.resolve("os.tiu")));
    arrangement.add(FILE, new Restless(readings));
    return arrangement.arrange(1);
  }

  @Test
  void content_that_changes_between_its_readings_is_refused() throws Exception {
    Arrangement.Arranged arranged = arranged("abc", "abd");
    assertThatThrownBy(() -> fed(arranged))
        .isInstanceOf(TreeException.class)
        .hasMessage("os: f: changed while it was packed. Pack a tree that is at rest");
  }

  @Test
  void content_that_becomes_shorter_is_refused() throws Exception {
    assertThatThrownBy(() -> arranged("ab"))
        .isInstanceOf(EOFException.class)
        .hasMessage("os: f: became shorter while it was packed");
    Arrangement.Arranged arranged = arranged("abc", "ab");
    assertThatThrownBy(() -> fed(arranged))
        .isInstanceOf(EOFException.class)
        .hasMessage("os: f: became shorter while it was packed");
  }
}

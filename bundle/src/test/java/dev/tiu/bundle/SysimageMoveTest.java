package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Trees with databases in /var, as they come from archives in any order. */
final class SysimageMoveTest {
  private final List<String> notes = new ArrayList<>();
  private Map<BytePath, TarFeed.Packed> packed = new TreeMap<>();

  private List<String> pack(TarBuilder tar, String... owned) throws IOException {
    CreateListener listener =
        new CreateListener() {
          @Override
          public void note(Note note) {
            notes.add(note.toString());
          }

          @Override
          public void at(Stage stage, long done, long total) {}
        };
    TarFeed fed =
        new TarFeed(
            "os.tar", listener, new TarWriter(new ByteArrayOutputStream(), BytePath.of("r")));
    SysimageMove move =
        new SysimageMove(
            "os.tar", ImageOwned.with(Stream.of(owned).map(BytePath::of).toList()), listener, fed);
    try (TreeSource source = new TarSource(new ByteArrayInputStream(tar.build()), "os.tar")) {
      TreeFeed feed = new TreeFeed("os.tar", new ImageFilter(List.of()), 7, listener, move);
      source.walk(feed);
      feed.finish();
      move.finish();
    }
    packed = new TreeMap<>(fed.packed());
    return packed.values().stream().map(p -> line(p.entry())).toList();
  }

  private static String line(TreeEntry entry) {
    String name = entry.path().toString();
    if (entry.hardLink().isPresent()) {
      return name + " = " + entry.hardLink().get();
    }
    return switch (entry.type()) {
      case DIRECTORY -> name + "/";
      case SYMLINK -> name + " -> " + entry.target().latin1();
      default -> name;
    };
  }

  private TreeEntry at(String path) {
    return Optional.ofNullable(packed.get(BytePath.of(path))).orElseThrow().entry();
  }

  @Test
  void a_database_is_packed_under_sysimage_and_linked() throws Exception {
    TarBuilder tar =
        new TarBuilder()
            .directory("var/")
            .directory("var/lib/")
            .directory("var/lib/dpkg/")
            .file("var/lib/dpkg/status", "Package: a")
            .directory("var/lib/dpkg/info/")
            .file("var/lib/dpkg-old", "stays");
    assertThat(pack(tar))
        .containsExactly(
            "./",
            "usr/",
            "usr/lib/",
            "usr/lib/sysimage/",
            "usr/lib/sysimage/dpkg/",
            "usr/lib/sysimage/dpkg/info/",
            "usr/lib/sysimage/dpkg/status",
            "var/",
            "var/lib/",
            "var/lib/dpkg -> ../../usr/lib/sysimage/dpkg",
            "var/lib/dpkg-old");
    assertThat(notes)
        .containsExactly("var/lib/dpkg: packed as usr/lib/sysimage/dpkg, with a link in its place");
    assertThat(at("var/lib/dpkg").mtime()).isEqualTo(1_700_000_000);
    assertThat(at("usr/lib/sysimage").mtime())
        .as("not the time of packing, which would make another tree of it each time")
        .isEqualTo(1_700_000_000);
  }

  @Test
  void the_link_has_the_directory_s_owner_and_label() throws Exception {
    TarBuilder tar =
        new TarBuilder()
            .pax("SCHILY.xattr.security.selinux", "system_u:object_r:rpm_var_lib_t:s0")
            .pax("uid", "12")
            .directory("var/lib/rpm/");
    pack(tar);
    assertThat(at("var/lib/rpm").uid()).isEqualTo(12);
    assertThat(at("var/lib/rpm").type()).isEqualTo(FileType.SYMLINK);
    assertThat(at("var/lib/rpm").xattrs()).containsOnlyKeys("security.selinux");
  }

  @Test
  void a_directory_that_is_only_part_of_names_is_moved_too() throws Exception {
    assertThat(pack(new TarBuilder().file("var/lib/dpkg/status", "x")))
        .contains(
            "usr/lib/sysimage/dpkg/",
            "usr/lib/sysimage/dpkg/status",
            "var/lib/dpkg -> ../../usr/lib/sysimage/dpkg");
  }

  @Test
  void hard_links_stay_links_into_and_out_of_what_is_moved() throws Exception {
    TarBuilder tar =
        new TarBuilder()
            .file("a", "1")
            .hardLink("var/lib/dpkg/a", "a")
            .file("var/lib/dpkg/b", "2")
            .hardLink("var/lib/dpkg/c", "var/lib/dpkg/b")
            .hardLink("z", "var/lib/dpkg/b");
    assertThat(pack(tar))
        .contains(
            "usr/lib/sysimage/dpkg/a = a",
            "usr/lib/sysimage/dpkg/c = usr/lib/sysimage/dpkg/b",
            "z = usr/lib/sysimage/dpkg/b");
  }

  @Test
  void a_tree_that_is_arranged_so_already_stays_as_it_is() throws Exception {
    TarBuilder tar =
        new TarBuilder()
            .directory("usr/lib/sysimage/")
            .directory("usr/lib/sysimage/rpm/")
            .file("usr/lib/sysimage/rpm/rpmdb.sqlite", "x")
            .symlink("var/lib/rpm", "../../usr/lib/sysimage/rpm");
    assertThat(pack(tar))
        .contains(
            "usr/lib/sysimage/rpm/",
            "usr/lib/sysimage/rpm/rpmdb.sqlite",
            "var/lib/rpm -> ../../usr/lib/sysimage/rpm")
        .doesNotHaveDuplicates();
    assertThat(notes).isEmpty();
  }

  @Test
  void a_link_the_other_way_round_makes_room() throws Exception {
    TarBuilder tar =
        new TarBuilder()
            .symlink("usr/lib/sysimage/rpm", "../../../var/lib/rpm")
            .directory("var/lib/rpm/")
            .file("var/lib/rpm/rpmdb.sqlite", "x");
    assertThat(pack(tar))
        .contains(
            "usr/lib/sysimage/rpm/",
            "usr/lib/sysimage/rpm/rpmdb.sqlite",
            "var/lib/rpm -> ../../usr/lib/sysimage/rpm")
        .doesNotContain("usr/lib/sysimage/rpm -> ../../../var/lib/rpm");
  }

  @Test
  void that_link_stays_where_nothing_is_moved() throws Exception {
    assertThat(pack(new TarBuilder().symlink("usr/lib/sysimage/rpm", "../../../var/lib/rpm")))
        .contains("usr/lib/sysimage/rpm -> ../../../var/lib/rpm");
  }

  @Test
  void an_empty_directory_makes_room_and_a_full_one_is_an_error_in_any_order() throws Exception {
    TarBuilder empty =
        new TarBuilder().directory("usr/lib/sysimage/rpm/").file("var/lib/rpm/db", "x");
    assertThat(pack(empty)).contains("usr/lib/sysimage/rpm/db").doesNotHaveDuplicates();
    List<TarBuilder> full =
        List.of(
            new TarBuilder().file("usr/lib/sysimage/rpm/db", "").file("var/lib/rpm/db", ""),
            new TarBuilder().file("var/lib/rpm/db", "").file("usr/lib/sysimage/rpm/x", ""),
            new TarBuilder().symlink("usr/lib/sysimage/rpm", "/srv").file("var/lib/rpm/db", ""),
            new TarBuilder().symlink("usr/lib/sysimage", "/srv").file("var/lib/rpm/db", ""));
    for (TarBuilder tar : full) {
      assertThatThrownBy(() -> pack(tar))
          .isInstanceOf(TreeException.class)
          .hasMessageContainingAll("os.tar", "var/lib/rpm", "the tree has usr/lib/sysimage");
    }
  }

  @Test
  void more_paths_can_be_named_also_single_files() throws Exception {
    TarBuilder tar = new TarBuilder().file("var/lib/app.db", "1").directory("var/cache/fonts/");
    assertThat(pack(tar, "var/lib/app.db", "var/cache/fonts"))
        .contains(
            "usr/lib/sysimage/app.db",
            "var/lib/app.db -> ../../usr/lib/sysimage/app.db",
            "usr/lib/sysimage/var/cache/fonts/",
            "var/cache/fonts -> ../../usr/lib/sysimage/var/cache/fonts");
  }

  @Test
  void what_must_not_be_in_an_image_is_left_out_also_of_what_is_moved() throws Exception {
    TarBuilder tar =
        new TarBuilder().file("var/lib/systemd/random-seed", "x").file("var/lib/systemd/y", "");
    assertThat(pack(tar, "var/lib/systemd"))
        .contains("usr/lib/sysimage/systemd/y")
        .noneMatch(line -> line.contains("random-seed"));
  }
}

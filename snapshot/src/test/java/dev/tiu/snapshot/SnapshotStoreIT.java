package dev.tiu.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SnapshotStoreIT {
  private static final ImageReference IMAGE = new ImageReference("0f".repeat(32), "1");

  private BtrfsDisk disk;
  private Path directory;
  private Dir system;
  private SnapshotStore store;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = BtrfsDisk.create(128 << 20);
    system = Dir.open(disk.mountPoint());
    Btrfs.createSubvolume(system, Layout.SNAPSHOTS_NAME);
    directory = disk.mountPoint().resolve(".snapshots");
    store = SnapshotStore.open(system, Optional.empty());
  }

  @AfterEach
  void removeDisk() throws IOException {
    store.close();
    system.close();
    disk.close();
  }

  private int create() throws IOException {
    return store
        .create(
            number -> SnapshotInfo.building(number, Instant.EPOCH, "", IMAGE, OptionalInt.empty()))
        .number();
  }

  /** A snapshot with a root, and an /etc nested in it. */
  private Snapshot createWhole() throws IOException {
    int number = create();
    try (Dir place = store.open(number)) {
      Btrfs.createSubvolume(place, Layout.ROOT);
      Btrfs.createSubvolume(place, Layout.ROOT.resolve(Layout.ETC));
    }
    Files.writeString(directory.resolve(number + "/snapshot/etc/file"), "x");
    return store.find(number).orElseThrow();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private List<Integer> numbers() throws IOException {
    return store.list().stream().map(Snapshot::number).toList();
  }

  private List<String> names() throws IOException {
    try (var names = Files.list(directory)) {
      return names.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void a_number_is_not_given_out_again_after_its_snapshot_was_removed() throws IOException {
    create();
    store.remove(createWhole());

    assertThat(create()).isEqualTo(3);
    assertThat(numbers()).containsExactly(1, 3);
  }

  @Test
  void a_number_that_snapper_took_is_passed_over() throws IOException {
    create();
    Files.createDirectory(directory.resolve("2"));
    Files.createFile(directory.resolve("3"));

    assertThat(create()).isEqualTo(4);
    assertThat(names()).containsExactly("1", "2", "3", "4");
  }

  @Test
  void the_last_number_of_all_is_not_exceeded() throws IOException {
    system.setXattr(Layout.SNAPSHOTS_NAME, "user.tiu.last-number", ascii("999999998"));

    assertThat(create()).isEqualTo(999_999_999);
    assertThat(numbers()).containsExactly(999_999_999);
    assertThatThrownBy(this::create)
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("no number left");
    assertThat(names()).containsExactly("999999999");
  }

  @Test
  void a_last_number_that_is_none_is_an_error_with_a_remedy() throws IOException {
    system.setXattr(Layout.SNAPSHOTS_NAME, "user.tiu.last-number", ascii("many"));

    assertThatThrownBy(this::create)
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("'many'")
        .hasMessageContaining("setfattr -x");
    assertThat(names()).isEmpty();
  }

  @Test
  void snapshots_whose_info_cannot_be_read_are_named_and_hide_no_other() throws IOException {
    for (int i = 0; i < 7; i++) {
      create();
    }
    Files.delete(directory.resolve("1/info.xml"));
    Files.writeString(directory.resolve("2/info.xml"), "<snapshot><num>2</num>");
    Files.writeString(directory.resolve("3/info.xml"), "<snapshot><num>7</num></snapshot>");
    Files.delete(directory.resolve("4/info.xml"));
    Files.createDirectory(directory.resolve("4/info.xml"));
    Files.delete(directory.resolve("5/info.xml"));
    Files.createSymbolicLink(directory.resolve("5/info.xml"), Path.of("../6/info.xml"));
    Files.write(directory.resolve("6/info.xml"), new byte[(1 << 20) + 1]);

    assertThat(numbers()).containsExactly(7);
    assertThat(store.problems())
        .hasSize(6)
        .allSatisfy(problem -> assertThat(problem).contains("info.xml"));
  }

  @Test
  void remove_takes_nested_and_read_only_subvolumes() throws IOException {
    Snapshot snapshot = createWhole();
    try (Dir root = system.openDir(BytePath.of(".snapshots/1/snapshot"))) {
      Btrfs.setAccess(root, Access.READ_ONLY);
    }

    store.remove(snapshot);

    assertThat(names()).isEmpty();
    assertThat(Command.of("btrfs", "subvolume", "list", disk.mountPoint().toString()).run().text())
        .doesNotContain("snapshot/etc");
  }

  @Test
  void remove_refuses_the_default() throws IOException {
    Snapshot snapshot = createWhole();
    Btrfs.setDefaultSubvolume(system, snapshot.root().orElseThrow().id());

    assertThatThrownBy(() -> store.remove(store.find(1).orElseThrow()))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("the default");
    assertThat(names()).containsExactly("1");
  }

  @Test
  void the_booted_one_is_known_by_its_uuid_and_not_removed() throws IOException {
    Snapshot snapshot = createWhole();
    createWhole();
    try (SnapshotStore running =
        SnapshotStore.open(system, snapshot.root().map(root -> root.uuid()))) {
      assertThat(running.list()).extracting(Snapshot::isBooted).containsExactly(true, false);
      assertThatThrownBy(() -> running.remove(running.find(1).orElseThrow()))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("booted");
    }
    assertThat(names()).containsExactly("1", "2");
  }

  @Test
  void sweep_removes_what_a_killed_command_left_and_nothing_else() throws IOException {
    createWhole();
    Files.move(directory.resolve("1"), directory.resolve(".tiu-removed-1"));
    Files.createDirectory(directory.resolve(".tiu-new-2"));
    Files.createDirectory(directory.resolve("somebody's"));

    store.sweep();

    assertThat(names()).containsExactly("somebody's");
    assertThat(create()).isEqualTo(2);
  }
}

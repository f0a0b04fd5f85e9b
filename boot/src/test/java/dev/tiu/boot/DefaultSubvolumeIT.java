package dev.tiu.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.LinuxException;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DefaultSubvolumeIT {
  private static final BytePath FIRST = BytePath.of("first");
  private static final BytePath SECOND = BytePath.of("second");

  private BtrfsDisk disk;
  private Dir top;
  private DefaultSubvolume defaultSubvolume;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = BtrfsDisk.create(128 << 20);
    top = Dir.open(disk.mountPoint());
    defaultSubvolume = new DefaultSubvolume(top);
    for (BytePath name : new BytePath[] {FIRST, SECOND}) {
      Btrfs.createSubvolume(top, name);
      try (FileHandle file = top.createFile(name.resolve("is-" + name), 0644)) {
        file.sync();
      }
    }
  }

  @AfterEach
  void closeDisk() throws IOException {
    top.close();
    disk.close();
  }

  private long id(BytePath name) throws IOException {
    try (Dir subvolume = top.openDir(name)) {
      return Btrfs.info(subvolume).id();
    }
  }

  /** What btrfs-progs say is the default. */
  private String defaultOfBtrfs() throws IOException {
    String top = disk.mountPoint().toString();
    return Command.of("btrfs", "subvolume", "get-default", top).run().text();
  }

  @Test
  void btrfs_sees_the_new_default() throws Exception {
    defaultSubvolume.makeDefault(id(FIRST));
    assertThat(defaultOfBtrfs()).endsWith("path first");
    defaultSubvolume.makeDefault(id(SECOND));
    assertThat(defaultOfBtrfs()).endsWith("path second");
  }

  @Test
  void mount_that_names_no_subvolume_shows_the_target(@TempDir Path mountPoint) throws Exception {
    defaultSubvolume.makeDefault(id(SECOND));
    Command.of("mount", disk.device().toString(), mountPoint.toString()).run();
    try {
      assertThat(mountPoint.resolve("is-second")).exists();
      assertThat(mountPoint.resolve("is-first")).doesNotExist();
    } finally {
      Command.of("umount", mountPoint.toString()).run();
    }
  }

  @Test
  void sealed_snapshot_can_be_the_default() throws Exception {
    try (Dir subvolume = top.openDir(FIRST)) {
      Btrfs.setAccess(subvolume, Access.READ_ONLY);
    }
    defaultSubvolume.makeDefault(id(FIRST));
    assertThat(defaultOfBtrfs()).endsWith("path first");
  }

  /** The disk as it is in this moment, as after a power cut. */
  @Test
  void default_is_on_the_disk_when_the_call_returns(@TempDir Path elsewhere) throws Exception {
    defaultSubvolume.makeDefault(id(SECOND));
    Path copy = elsewhere.resolve("disk");
    Command.of("cp", "--sparse=always", disk.image().toString(), copy.toString()).run();
    String tree =
        Command.of("btrfs", "inspect-internal", "dump-tree", "-t", "root", copy.toString())
            .run()
            .text();
    String id = Long.toString(id(SECOND));
    assertThat(tree)
        .containsPattern(
            "location key \\(" + id + " ROOT_ITEM [^\\n]*\\n[^\\n]*\\n?\\s*name: default");
  }

  @Test
  void subvolume_that_does_not_exist_leaves_the_default_alone() throws Exception {
    defaultSubvolume.makeDefault(id(FIRST));
    assertThatThrownBy(() -> defaultSubvolume.makeDefault(9999))
        .isInstanceOf(LinuxException.class)
        .hasMessageContaining("ENOENT");
    assertThat(defaultOfBtrfs()).endsWith("path first");
  }
}

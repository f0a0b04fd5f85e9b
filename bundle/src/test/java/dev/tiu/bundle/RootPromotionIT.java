package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Takes the root away from images whose tables end in every possible way. */
final class RootPromotionIT {
  @TempDir private Path directory;
  private BundleKit kit;

  @BeforeEach
  void makeKit() throws IOException {
    kit = new BundleKit(directory);
  }

  private Bundle pack(TarBuilder tar, String compression) throws IOException {
    Path archive = directory.resolve("os.tar");
    Path bundle = directory.resolve("os.tiu");
    Files.write(archive, tar.build());
    kit.packTar(BundleKit.spec(compression), archive, bundle);
    Bundle open = kit.open(bundle);
    open.verify(1, Progress.NONE);
    return open;
  }

  /** A symlink's inode is as long as its target, which moves the root's across a block's edge. */
  @Test
  void root_may_lie_anywhere_in_its_metadata_block() throws Exception {
    for (int shift = 0; shift < 72; shift++) {
      TarBuilder tar = new TarBuilder();
      for (int i = 0; i < 252; i++) {
        tar.file("file" + i, "x" + i);
      }
      tar.symlink("link", "t".repeat(1 + shift));
      try (Bundle bundle = pack(tar, "lz4:1")) {
        assertThat(bundle.tree().entries()).as("target of %d", 1 + shift).hasSize(254);
        assertThat(bundle.tree().root().number()).isOne();
        assertThat(bundle.image().superblock().inodes()).isEqualTo(254);
      }
      if (shift % 8 == 0) {
        assertThat(BundleKit.shell(directory, "unsquashfs -l os.tiu | grep -c /")).isEqualTo("253");
      }
    }
  }

  @Test
  void root_keeps_what_mksquashfs_would_not() throws Exception {
    TarBuilder tar = new TarBuilder();
    tar.file("etc/a", "a")
        .pax("SCHILY.xattr.security.selinux", "label")
        .pax("uid", "77")
        .pax("mtime", "12345.5")
        .directory("./");
    try (Bundle bundle = pack(tar, "zstd:1")) {
      Inode.Directory root = bundle.tree().root();
      assertThat(root.uid()).isEqualTo(77);
      assertThat(root.mtimeSeconds()).isEqualTo(12345);
      assertThat(root.xattrs()).containsOnlyKeys("security.selinux");
      assertThat(bundle.tree().get(BytePath.of("etc")).orElseThrow().mtimeSeconds())
          .isEqualTo(1_700_000_000);
    }
    assertThat(BundleKit.shell(directory, "unsquashfs -lln os.tiu | head -1"))
        .startsWith("drw-r--r-- 77/0")
        .contains("1970-01-01");
  }

  @Test
  void many_owners_and_xattrs_keep_their_tables() throws Exception {
    TarBuilder tar = new TarBuilder().directory("./");
    for (int i = 0; i < 5000; i++) {
      tar.pax("uid", Integer.toString(100_000 + i));
      tar.pax("SCHILY.xattr.user.n", "value " + i);
      tar.file("d" + i % 7 + "/file" + i, i % 3 == 0 ? "x" : "content " + i);
    }
    try (Bundle bundle = pack(tar, "gzip:1")) {
      for (int i = 0; i < 5000; i += 499) {
        Inode inode = bundle.tree().get(BytePath.of("d" + i % 7 + "/file" + i)).orElseThrow();
        assertThat(inode.uid()).isEqualTo(100_000 + i);
        assertThat(Bytes.of(inode.xattrs().getOrDefault("user.n", new byte[0])))
            .isEqualTo(Bytes.of("value " + i));
      }
    }
    String listed = BundleKit.shell(directory, "unsquashfs -lln os.tiu | grep -c ' 10[0-9]*/0 '");
    assertThat(listed).isEqualTo("5000");
  }
}

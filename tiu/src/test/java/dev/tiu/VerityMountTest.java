package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.bundle.Manifest;
import dev.tiu.verity.HashTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs that mounting runs; whether a kernel likes them is for machines that have one. */
class VerityMountTest {
  private static final String ROOT_HASH = "0123456789abcdef".repeat(4);
  private static final String NAME = VerityMount.name("fedcba9876543210", 42);
  private static final Manifest.Verity VERITY =
      new Manifest.Verity(
          1,
          "sha256",
          4096,
          4096,
          3,
          "00ff",
          ROOT_HASH,
          12288,
          HashTree.sizeOnDisk(3),
          new UUID(1, 2));

  @TempDir private Path directory;

  private final List<String> ran = new ArrayList<>();
  private Path bundle = Path.of("os.tiu");
  private String failing = "nothing";

  private final VerityMount mounts =
      new VerityMount(
          command -> {
            ran.add(String.join(" ", command.argv()));
            if (command.argv().get(0).equals(failing)) {
              throw new IOException(failing + " failed");
            }
            return "";
          });

  @BeforeEach
  void makeBundle() throws IOException {
    bundle = Files.writeString(directory.resolve("-os.tiu"), "").toRealPath();
  }

  @Test
  void mount_opens_the_mapping_by_the_signed_root_hash_and_mounts_it() throws IOException {
    mounts.mount(VERITY, NAME, bundle, directory);
    assertThat(ran)
        .containsExactly(
            "veritysetup open %s tiu-fedcba987654-42 %s %s --hash-offset=12288"
                .formatted(bundle, bundle, ROOT_HASH),
            "mount -t squashfs -o ro /dev/mapper/tiu-fedcba987654-42 " + directory);
  }

  @Test
  void mount_that_fails_closes_the_mapping() {
    failing = "mount";
    assertThatThrownBy(() -> mounts.mount(VERITY, NAME, bundle, directory))
        .hasMessage("mount failed");
    assertThat(ran).hasSize(3).last().isEqualTo("veritysetup close tiu-fedcba987654-42");
  }

  @Test
  void mapping_that_fails_leaves_nothing_to_close() {
    failing = "veritysetup";
    assertThatThrownBy(() -> mounts.mount(VERITY, NAME, bundle, directory))
        .hasMessage("veritysetup failed");
    assertThat(ran).hasSize(1);
  }

  @Test
  void unmount_closes_the_mapping_of_the_mount() throws IOException {
    mounts.unmount(directory, "/dev/mapper/" + NAME);
    assertThat(ran).containsExactly("umount " + directory, "veritysetup close tiu-fedcba987654-42");
  }

  @Test
  void unmount_leaves_mounts_of_others_alone() {
    assertThatThrownBy(() -> mounts.unmount(directory, "/dev/mapper/vg-home"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("/dev/mapper/vg-home");
    assertThat(ran).isEmpty();
  }

  @Test
  void file_is_no_mount_point() {
    assertThatThrownBy(() -> VerityMount.mountPoint(bundle))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("isn't a directory");
  }
}

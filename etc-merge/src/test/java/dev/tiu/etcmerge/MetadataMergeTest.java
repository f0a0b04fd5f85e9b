package dev.tiu.etcmerge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.FileMetadata;
import dev.tiu.linux.FileType;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class MetadataMergeTest {
  private static final String ACL = "system.posix_acl_access";
  private static final FileMetadata BASE = file(0644, 0);

  private static FileMetadata of(FileType type, int mode, int uid, Map<String, byte[]> xattrs) {
    return new FileMetadata(type, mode, uid, 0, new TreeMap<>(xattrs));
  }

  private static FileMetadata file(int mode, int uid) {
    return of(FileType.REGULAR, mode, uid, Map.of());
  }

  private static FileMetadata file(int mode, String xattr, int value) {
    return of(FileType.REGULAR, mode, 0, Map.of(xattr, new byte[] {(byte) value}));
  }

  private static MetadataMerge merge(FileMetadata base, FileMetadata local, FileMetadata image) {
    return MetadataMerge.of(Optional.of(base), local, image);
  }

  private static void assertMerges(MetadataMerge merge, FileMetadata expected) {
    assertThat(merge.merged()).isEqualTo(expected);
    assertThat(merge.isConflict()).isFalse();
  }

  private static void assertKeeps(MetadataMerge merge, FileMetadata local) {
    assertThat(merge.merged()).isEqualTo(local);
    assertThat(merge.changesLocal()).isFalse();
    assertThat(merge.isConflict()).isTrue();
  }

  @Test
  void one_side_changed_it() {
    assertMerges(merge(BASE, BASE, file(0600, 3)), file(0600, 3));
    assertMerges(merge(BASE, file(0600, 3), BASE), file(0600, 3));
    assertThat(merge(BASE, BASE, file(0600, 3)).changesLocal()).isTrue();
    assertThat(merge(BASE, file(0600, 3), BASE).changesLocal()).isFalse();
  }

  @Test
  void owner_and_mode_merge_on_their_own() {
    assertMerges(merge(BASE, file(0600, 0), file(0644, 3)), file(0600, 3));
    assertMerges(merge(BASE, file(0644, 3), file(0600, 0)), file(0600, 3));
  }

  @Test
  void both_changed_the_mode() {
    MetadataMerge merge = merge(BASE, file(0620, 0), file(0640, 0));
    assertMerges(merge, file(0600, 0));
    assertThat(merge.isStricter()).isTrue();
    assertMerges(merge(BASE, file(0600, 0), file(0600, 0)), file(0600, 0));
    assertMerges(merge(file(04755, 0), file(04711, 0), file(04750, 0)), file(04710, 0));
  }

  @Test
  void both_changed_the_mode_and_the_image_the_owner() {
    MetadataMerge merge = merge(BASE, file(0600, 0), file(0640, 3));
    assertThat(merge.merged()).isEqualTo(file(0600, 3));
    assertThat(merge.changesLocal()).isTrue();
    assertThat(merge.isStricter()).isTrue();
    assertThat(merge.isConflict()).isFalse();
  }

  @Test
  void set_id_bit_is_never_given_to_another_owner() {
    assertKeeps(merge(BASE, file(0644, 3), file(04755, 0)), file(0644, 3));
    assertKeeps(merge(file(0755, 3), file(04755, 3), file(0755, 0)), file(04755, 3));
    assertMerges(merge(BASE, BASE, file(04755, 3)), file(04755, 3));
    assertMerges(merge(BASE, file(06755, 3), BASE), file(06755, 3));
    FileMetadata directory = of(FileType.DIRECTORY, 0755, 0, Map.of());
    assertMerges(
        merge(
            directory,
            of(FileType.DIRECTORY, 0755, 3, Map.of()),
            of(FileType.DIRECTORY, 02755, 0, Map.of())),
        of(FileType.DIRECTORY, 02755, 3, Map.of()));
  }

  @Test
  void acl_and_mode_are_one() {
    assertKeeps(merge(BASE, file(0644, ACL, 1), file(0600, 0)), file(0644, ACL, 1));
    assertKeeps(merge(BASE, file(0600, 0), file(0644, ACL, 1)), file(0600, 0));
    assertMerges(merge(BASE, BASE, file(0664, ACL, 1)), file(0664, ACL, 1));
    assertMerges(merge(file(0664, ACL, 1), file(0664, ACL, 1), BASE), BASE);
  }

  @Test
  void xattrs_merge_by_name() {
    assertMerges(merge(BASE, BASE, file(0644, "user.a", 1)), file(0644, "user.a", 1));
    assertMerges(merge(BASE, file(0644, "user.a", 1), BASE), file(0644, "user.a", 1));
    assertMerges(merge(file(0644, "user.a", 1), file(0644, "user.a", 1), BASE), BASE);
    assertKeeps(
        merge(BASE, file(0644, "user.a", 1), file(0644, "user.a", 2)), file(0644, "user.a", 1));
    assertKeeps(merge(file(0644, "user.a", 0), BASE, file(0644, "user.a", 2)), BASE);
  }

  @Test
  void without_a_base_the_local_side_stays() {
    FileMetadata image = file(0644, "user.a", 1);
    assertKeeps(MetadataMerge.of(Optional.empty(), BASE, image), BASE);
    assertMerges(MetadataMerge.of(Optional.empty(), image, image), image);
  }

  @Test
  void mode_of_a_link_says_nothing() {
    FileMetadata link = of(FileType.SYMLINK, 0777, 0, Map.of());
    FileMetadata odd = of(FileType.SYMLINK, 0755, 0, Map.of());
    FileMetadata image = of(FileType.SYMLINK, 0700, 3, Map.of());
    assertMerges(merge(link, odd, image), of(FileType.SYMLINK, 0777, 3, Map.of()));
  }
}

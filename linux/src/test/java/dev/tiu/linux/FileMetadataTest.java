package dev.tiu.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class FileMetadataTest {
  private static final byte[] ONE = {1};

  private static FileMetadata file(int mode, SortedMap<String, byte[]> xattrs) {
    return new FileMetadata(FileType.REGULAR, mode, 1, 2, xattrs);
  }

  private static SortedMap<String, byte[]> xattrs(String name, byte[] value) {
    return new TreeMap<>(Map.of(name, value));
  }

  @Test
  void equal_by_value() {
    FileMetadata metadata = file(0644, xattrs("user.a", ONE));
    assertThat(metadata)
        .isEqualTo(file(0644, xattrs("user.a", ONE.clone())))
        .hasSameHashCodeAs(file(0644, xattrs("user.a", ONE.clone())))
        .isNotEqualTo(file(0600, xattrs("user.a", ONE)))
        .isNotEqualTo(file(0644, xattrs("user.b", ONE)))
        .isNotEqualTo(file(0644, xattrs("user.a", new byte[] {2})))
        .isNotEqualTo(file(0644, new TreeMap<>()))
        .isNotEqualTo(new FileMetadata(FileType.REGULAR, 0644, 9, 2, metadata.xattrs()))
        .isNotEqualTo(new FileMetadata(FileType.REGULAR, 0644, 1, 9, metadata.xattrs()))
        .isNotEqualTo(new FileMetadata(FileType.FIFO, 0644, 1, 2, metadata.xattrs()));
  }

  @Test
  void mode_of_a_link_does_not_count() {
    SortedMap<String, byte[]> none = new TreeMap<>();
    assertThat(new FileMetadata(FileType.SYMLINK, 0777, 1, 2, none))
        .isEqualTo(new FileMetadata(FileType.SYMLINK, 0755, 1, 2, none));
  }
}

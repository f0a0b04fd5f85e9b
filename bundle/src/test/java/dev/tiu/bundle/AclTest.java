package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class AclTest {
  @Test
  void text_becomes_the_kernels_form() {
    assertThat(
            Digests.hex(
                Acl.ofText("other::r--,user::rw-,user:lisa:r-x:1001,group::r--,mask::rwx")
                    .toArray()))
        .isEqualTo(
            "02000000"
                + "01000600ffffffff"
                + "02000500e9030000"
                + "04000400ffffffff"
                + "10000700ffffffff"
                + "20000400ffffffff");
  }

  @Test
  void name_without_number_is_refused() {
    assertThatThrownBy(() -> Acl.ofText("user::rw-,user:lisa:r--,group::r--,other::r--"))
        .hasMessageContaining("user:lisa:r--")
        .hasMessageContaining("--xattrs-include");
    assertThatThrownBy(() -> Acl.ofText("owner::rw-")).hasMessageContaining("owner::rw-");
    assertThatThrownBy(() -> Acl.ofText("user::rq-")).hasMessageContaining("user::rq-");
  }

  @Test
  void stored_acls_get_their_names_back() {
    TreeMap<String, byte[]> stored =
        new TreeMap<>(
            Map.of(
                "trusted.tiu.posix_acl_access",
                new byte[] {1},
                "trusted.x",
                new byte[] {2},
                "user.y",
                new byte[] {3}));
    assertThat(Acl.restored(stored))
        .containsOnlyKeys("system.posix_acl_access", "trusted.x", "user.y");
  }

  @Test
  void users_and_groups_get_other_numbers() {
    String text = "user::rw-,user:7:r--,user:9:r--,group::r--,group:7:r--,mask::r--,other::r--";
    SortedMap<String, byte[]> stored = new TreeMap<>();
    stored.put("trusted.tiu.posix_acl_default", Acl.ofText(text).toArray());
    stored.put("user.acl", Acl.ofText(text).toArray());

    SortedMap<String, byte[]> mapped = Acl.mapped(stored, id -> id == 7 ? 11 : id, id -> id + 1);

    String other = "user::rw-,user:9:r--,user:11:r--,group::r--,group:8:r--,mask::r--,other::r--";
    assertThat(mapped.get("trusted.tiu.posix_acl_default")).isEqualTo(Acl.ofText(other).toArray());
    assertThat(mapped.get("user.acl")).isEqualTo(Acl.ofText(text).toArray());
  }

  @Test
  void acl_that_can_not_be_read_stays_as_it_is() {
    for (byte[] odd : new byte[][] {{}, {2, 0, 0}, {9, 0, 0, 0}, {2, 0, 0, 0, 1}}) {
      SortedMap<String, byte[]> stored = new TreeMap<>();
      stored.put("trusted.tiu.posix_acl_access", odd);
      assertThat(Acl.mapped(stored, id -> 1, id -> 1))
          .containsEntry("trusted.tiu.posix_acl_access", odd);
    }
  }

  @Test
  void xattrs_that_can_not_be_stored_are_refused_by_name() {
    TreeMap<String, Bytes> xattrs = new TreeMap<>();
    xattrs.put("btrfs.compression", Bytes.of("zstd"));
    xattrs.put("system.posix_acl_default", Bytes.of("x"));
    TreeMap<String, Bytes> leftOut = new TreeMap<>();
    assertThat(Xattrs.stored(xattrs, name -> leftOut.put(name, Bytes.EMPTY)))
        .containsOnlyKeys("trusted.tiu.posix_acl_default");
    assertThat(leftOut).containsOnlyKeys("btrfs.compression");
    for (String name : new String[] {"system.nfs4_acl", "trusted.tiu.x", "user.a=b", "os2.x"}) {
      assertThatThrownBy(() -> Xattrs.stored(new TreeMap<>(Map.of(name, Bytes.EMPTY)), left -> {}))
          .hasMessageContaining(name);
    }
  }
}

package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PackagesTest {
  private static final String STATUS =
      """
      Package: bash
      Status: install ok installed
      Architecture: amd64
      Version: 5.2.15-2+b7
      Description: shell
       Version: not this one

      Package: gone
      Status: deinstall ok config-files
      Architecture: amd64
      Version: 1

      Package: libc6
      Status: install ok installed
      Architecture: amd64
      Multi-Arch: same
      Version: 2.36-9

      Package: libc6
      Status: install ok installed
      Architecture: i386
      Multi-Arch: same
      Version: 2.36-9

      Package: half
      Status: install reinstreq half-installed
      Architecture: all
      Version: 3

      Status: install ok installed
      Version: without a name
      """;

  private static Map<String, String> dpkg(String status) {
    return DpkgStatus.parse(status.getBytes(StandardCharsets.UTF_8)).versions();
  }

  @Test
  void dpkg_lists_what_has_files_by_name_and_where_needed_architecture() {
    assertThat(dpkg(STATUS))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "bash", "5.2.15-2+b7",
                "libc6:amd64", "2.36-9",
                "libc6:i386", "2.36-9",
                "half", "3"));
  }

  @Test
  void dpkg_status_that_is_something_else_has_no_packages() {
    assertThat(dpkg("")).isEmpty();
    assertThat(dpkg("\0\0\0:::\n\nPackage\n")).isEmpty();
  }

  @Test
  void rpm_names_architectures_and_several_versions_where_there_are_several() {
    String list =
        """
        bash\tx86_64\t5.2-1
        glibc\tx86_64\t2.38-1
        glibc\ti686\t2.38-1
        kernel\tx86_64\t6.1-1
        kernel\tx86_64\t6.2-1
        gpg-pubkey\t(none)\t1-1
        """;
    assertThat(RpmList.parse(list).versions())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "bash", "5.2-1",
                "glibc.x86_64", "2.38-1",
                "glibc.i686", "2.38-1",
                "kernel", "6.1-1, 6.2-1"));
  }

  @Test
  void difference_has_added_removed_and_changed() {
    Packages old = new Packages(new TreeMap<>(Map.of("a", "1", "b", "1", "c", "1")));
    Packages now = new Packages(new TreeMap<>(Map.of("b", "2", "c", "1", "d", "1")));
    PackageDifference difference = PackageDifference.between(old, now);
    assertThat(difference.removed()).containsExactly(new PackageDifference.Single("a", "1"));
    assertThat(difference.changed()).containsExactly(new PackageDifference.Changed("b", "1", "2"));
    assertThat(difference.added()).containsExactly(new PackageDifference.Single("d", "1"));
    assertThat(PackageDifference.between(old, old).isEmpty()).isTrue();
  }
}

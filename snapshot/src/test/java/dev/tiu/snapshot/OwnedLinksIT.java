package dev.tiu.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A device that knows two images:
 *
 * <pre>
 * owner     var/lib/dpkg -> ../../usr/lib/sysimage/dpkg, of 7:8
 * sharer    var/lib/dpkg/status
 * </pre>
 */
class OwnedLinksIT {
  private static final String IMAGES =
      """
      set -eu
      mkdir -p owner/var/lib owner/usr/lib/sysimage/dpkg sharer/var/lib/dpkg system/var/lib
      echo owner > owner/usr/lib/sysimage/dpkg/status
      ln -s ../../usr/lib/sysimage/dpkg owner/var/lib/dpkg; chown -h 7:8 owner/var/lib/dpkg
      echo sharer > sharer/var/lib/dpkg/status
      find . -exec touch -h -d @1700000000 {} +
      """;

  private BtrfsDisk disk;
  private Path top;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = BtrfsDisk.create(128 << 20);
    top = disk.mountPoint();
    sh(IMAGES);
  }

  @AfterEach
  void removeDisk() throws IOException {
    disk.close();
  }

  private String sh(String script) throws IOException {
    return Command.of("bash", "-c", "cd \"$D\"; " + script)
        .environment(Map.of("D", top.toString(), "LC_ALL", "C", "PATH", "/usr/bin:/bin"))
        .run()
        .text()
        .strip();
  }

  private List<String> fit(String image) throws IOException {
    try (Dir system = Dir.open(top.resolve("system"));
        Dir root = Dir.open(top.resolve(image))) {
      return new OwnedLinks(system, root)
          .fit(List.of(BytePath.of("var/lib/dpkg"), BytePath.of("var/lib/none"))).stream()
              .map(c -> c.kind() + " " + c.path() + " " + c.aside())
              .toList();
    }
  }

  private String lib() throws IOException {
    return sh(
        "cd system/var/lib; find . -mindepth 1 -printf '%P%l\\n' | sort; cat */status 2>&- || true");
  }

  @Test
  void a_missing_link_is_put_with_its_owner_and_the_time_of_its_directory_stays() throws Exception {
    assertThat(fit("owner")).isEmpty();

    assertThat(sh("cd system/var/lib; stat -c '%n %u:%g %Y %N' . dpkg"))
        .isEqualTo(
            ". 0:0 1700000000 '.'\n"
                + "dpkg 7:8 1700000000 'dpkg' -> '../../usr/lib/sysimage/dpkg'");
    assertThat(fit("owner")).as("a second time").isEmpty();
  }

  @Test
  void a_directory_is_set_aside_and_comes_back_for_an_image_without_the_link() throws Exception {
    sh("mkdir system/var/lib/dpkg; echo device > system/var/lib/dpkg/status");

    assertThat(fit("owner")).containsExactly("SET_ASIDE var/lib/dpkg var/lib/dpkg.tiu-orig");
    assertThat(lib())
        .isEqualTo("dpkg../../usr/lib/sysimage/dpkg\ndpkg.tiu-orig\ndpkg.tiu-orig/status\ndevice");
    assertThat(fit("owner")).isEmpty();

    assertThat(fit("sharer")).containsExactly("PUT_BACK var/lib/dpkg var/lib/dpkg.tiu-orig");
    assertThat(lib()).isEqualTo("dpkg\ndpkg/status\ndevice");
    assertThat(fit("sharer")).isEmpty();
  }

  @Test
  void what_was_set_aside_before_stays_and_the_last_comes_back() throws Exception {
    sh("cd system/var/lib; mkdir dpkg dpkg.tiu-orig; echo first > dpkg.tiu-orig/status");
    sh("echo second > system/var/lib/dpkg/status");

    assertThat(fit("owner")).containsExactly("SET_ASIDE var/lib/dpkg var/lib/dpkg.tiu-orig-2");
    assertThat(fit("sharer")).containsExactly("PUT_BACK var/lib/dpkg var/lib/dpkg.tiu-orig-2");
    assertThat(lib())
        .isEqualTo("dpkg\ndpkg.tiu-orig\ndpkg.tiu-orig/status\ndpkg/status\nfirst\nsecond");
  }

  @Test
  void an_image_without_the_link_gets_its_own_where_nothing_was_kept() throws Exception {
    fit("owner");

    assertThat(fit("sharer"))
        .containsExactly("TAKEN_FROM_IMAGE var/lib/dpkg var/lib/dpkg.tiu-orig");
    assertThat(lib()).isEqualTo("dpkg\ndpkg/status\nsharer");
  }

  @Test
  void a_spare_link_that_a_killed_run_left_is_used() throws Exception {
    sh("cd system/var/lib; mkdir dpkg; ln -s ../../usr/lib/sysimage/dpkg dpkg.tiu-orig");

    assertThat(fit("sharer")).as("no link in the way").isEmpty();
    assertThat(fit("owner")).containsExactly("SET_ASIDE var/lib/dpkg var/lib/dpkg.tiu-orig");
    assertThat(lib()).isEqualTo("dpkg../../usr/lib/sysimage/dpkg\ndpkg.tiu-orig");
  }

  @Test
  void links_of_the_devices_own_are_left_alone() throws Exception {
    sh("ln -s /srv/dpkg system/var/lib/dpkg");
    assertThat(fit("owner")).isEmpty();
    assertThat(fit("sharer")).isEmpty();
    assertThat(lib()).isEqualTo("dpkg/srv/dpkg");
  }

  @Test
  void no_link_on_the_way_is_followed() throws Exception {
    sh("rm -r system/var/lib; mkdir -p elsewhere/dpkg; ln -s ../../elsewhere system/var/lib");
    assertThat(fit("owner")).isEmpty();
    assertThat(fit("sharer")).isEmpty();
    assertThat(sh("ls -A elsewhere")).isEqualTo("dpkg");
    assertThat(Files.isDirectory(top.resolve("elsewhere/dpkg"))).isTrue();
  }
}

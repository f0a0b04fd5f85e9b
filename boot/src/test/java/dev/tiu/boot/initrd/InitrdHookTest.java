package dev.tiu.boot.initrd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class InitrdHookTest {
  private static InitrdContent initrd(String... paths) {
    return new InitrdContent(new TreeSet<>(Arrays.asList(paths)));
  }

  private static Set<String> added(InitrdContent initrd) throws IOException {
    CpioArchive archive = new CpioArchive();
    InitrdHook.of(initrd).orElseThrow().addCounter(initrd, archive);
    return paths(archive);
  }

  private static Set<String> addedToFeed(InitrdContent initrd) throws IOException {
    CpioArchive archive = new CpioArchive();
    InitrdHook.of(initrd).orElseThrow().addFeeder(initrd, archive);
    return paths(archive);
  }

  private static Set<String> paths(CpioArchive archive) throws IOException {
    return InitrdContent.read(new ByteArrayInputStream(archive.complete(4096))).paths();
  }

  @Test
  void initramfs_tools_is_told_by_a_file_of_its_configuration() throws IOException {
    assertThat(
            added(initrd("conf/initramfs.conf", "scripts/local", "scripts/local-premount/ORDER")))
        .containsExactlyInAnyOrder(
            "conf", "conf/conf.d", "conf/conf.d/zz-tiu-trial", "scripts", "scripts/tiu");
  }

  @Test
  void dracut_has_a_directory_of_hooks_where_its_release_has_it() throws IOException {
    for (String place : new String[] {"usr/lib", "lib", "var/lib"}) {
      assertThat(added(initrd("init", place + "/dracut/hooks/pre-trigger")))
          .contains(place + "/dracut/hooks/pre-trigger/00-tiu.sh");
    }
  }

  @Test
  void systemd_in_an_initrd_gets_a_unit_also_beside_dracut_s_hooks() throws IOException {
    assertThat(
            added(
                initrd(
                    "etc/initrd-release",
                    "usr/lib/systemd/systemd",
                    "usr/lib/dracut/hooks/pre-trigger")))
        .contains(
            "usr/lib/systemd/system/tiu-count-try.service",
            "usr/lib/systemd/system/initrd.target.wants/tiu-count-try.service")
        .noneMatch(path -> path.endsWith(".sh"));
  }

  @Test
  void each_kind_has_a_place_for_what_feeds_the_watchdog() throws IOException {
    assertThat(addedToFeed(initrd("conf/initramfs.conf", "scripts/local")))
        .containsExactlyInAnyOrder("conf", "conf/conf.d", "conf/conf.d/zz-tiu-watchdog");
    assertThat(addedToFeed(initrd("init", "usr/lib/dracut/hooks/pre-trigger")))
        .contains("usr/lib/dracut/hooks/pre-trigger/00-tiu-watchdog.sh");
    assertThat(addedToFeed(initrd("etc/initrd-release", "usr/lib/systemd/systemd")))
        .contains(
            "usr/lib/systemd/system.conf.d/50-tiu-watchdog.conf",
            "usr/lib/systemd/system/initrd.target.wants/tiu-watchdog.service");
  }

  @Test
  void other_initrds_have_no_place_for_it() {
    assertThat(InitrdHook.of(initrd("init", "config", "hooks/udev", "usr/bin/busybox"))).isEmpty();
  }

  @Test
  void program_that_is_missing_is_named() {
    String[] all = {"bin/sh", "usr/bin/cat", "bin/mkdir", "sbin/mount", "bin/umount", "bin/sleep"};
    assertThat(InitrdHook.missingForCounter(initrd(all))).contains("insmod");
    String[] more = Arrays.copyOf(all, all.length + 1);
    more[all.length] = "usr/bin/kmod";
    assertThat(InitrdHook.missingForCounter(initrd(more))).isEqualTo(Optional.empty());
    more[1] = "usr/bin/dog";
    assertThat(InitrdHook.missingForCounter(initrd(more))).contains("cat");
  }
}

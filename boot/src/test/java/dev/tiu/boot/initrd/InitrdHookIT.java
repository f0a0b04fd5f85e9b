package dev.tiu.boot.initrd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tiu adds to an initrd that a real generator makes, by that generator's own hooks. */
final class InitrdHookIT {
  @AutoClose private static SealedDebian debian;

  @BeforeAll
  static void unpackSystem() throws IOException {
    debian = SealedDebian.make();
  }

  /** With its own shell and programs; a directory takes the boot partition's place. */
  private static final String COUNT =
      """
      set -e
      cd "$1"
      cat >"$1/rest" "$2"
      for packer in cat zstd; do
        # The first archive, then what follows it, as the kernel does.
        if [ $packer = cat ]; then
          cpio --quiet -i --make-directories <"$1/rest" 2>/dev/null
        else
          offset=$(LC_ALL=C grep -obaP '\\x28\\xb5\\x2f\\xfd' "$1/rest" | head -n 1 | cut -d: -f1)
          tail -c +$((offset + 1)) "$1/rest" | zstd -dc 2>/dev/null \\
            | cpio --quiet -i --make-directories --unconditional
        fi
      done
      mkdir -p test/proc test/tiu/modules test/dev/disk/by-uuid fat/tiu fakes dev
      mknod dev/null c 1 3
      echo "quiet tiu.trial=2 tiu.boot=0123-ABCD" >test/proc/cmdline
      : >test/tiu/modules/list
      : >test/dev/disk/by-uuid/0123-ABCD
      printf '#!/bin/sh\\nmv "$6" "$6.old" && ln -s /fat "$6"\\n' >fakes/mount
      printf '#!/bin/sh\\nexit 0\\n' >fakes/umount
      chmod +x fakes/*
      printf '%s' "$3" >fat/tiu/tries
      chroot . /bin/sh -c 'PATH=/fakes:/bin:/sbin:/usr/bin:/usr/sbin; export PATH; sh /tiu/count-try /test'
      """;

  @Test
  void initrd_counts_by_what_it_has_where_it_is_asked_to(@TempDir Path unpacked) throws Exception {
    InitrdMaker maker = debian.maker(InitrdSettings.of(SealedDebian.TIME).countingTries());
    Initrd initrd = debian.make(maker);
    assertThat(InitrdMaker.countsTries(debian.kept(), initrd.path())).isTrue();
    assertThat(maker.find(debian.kernel())).contains(initrd);
    assertThat(debian.paths(initrd))
        .contains("tiu/count-try", "conf/conf.d/zz-tiu-trial", "scripts/tiu")
        .contains("tiu/modules/vfat.ko", "scripts/local");
    String counter = "trial=2\nleft=3\n";
    String sector = "# tiu: these 512 bytes are tiu's; lines below are kept\n" + counter;
    sector += "#".repeat(511 - sector.length()) + "\n";
    String said =
        Command.of("bash", "-c", COUNT, "bash", "" + unpacked, "" + debian.initrd(), sector)
            .run()
            .text();
    assertThat(said).contains("snapshot 2 is on trial: 2 more boots after this one");
    assertThat(Files.readString(unpacked.resolve("fat/tiu/tries")))
        .isEqualTo(sector.replace("left=3", "left=2"));
    assertThat(Files.readAllLines(unpacked.resolve("tiu/modules/list")))
        .contains("nls_cp437.ko", "nls_ascii.ko")
        .containsSubsequence("fat.ko", "vfat.ko");
    byte[] first = Files.readAllBytes(debian.initrd());
    assertThat(Arrays.equals(debian.remade(maker), first)).isTrue();
  }

  @Test
  void initrd_feeds_the_watchdog_where_the_system_does() throws Exception {
    // A kernel for clouds has no watchdog's driver: another module stands for one.
    InitrdMaker maker =
        debian.maker(InitrdSettings.of(SealedDebian.TIME).feeding(List.of("null_blk")));
    Path etc = debian.inRoot("etc");
    Path dropIn = etc.resolve("systemd/system.conf.d/50-tiu-watchdog.conf");
    Files.createDirectories(dropIn.getParent());
    Files.writeString(dropIn, "[Manager]\nRuntimeWatchdogSec=30s\n");
    try {
      assertThat(debian.paths(debian.make(maker)))
          .contains("tiu/watchdog/feed", "conf/conf.d/zz-tiu-watchdog", "scripts/local")
          .contains("tiu/watchdog/modules/null_blk.ko", "tiu/watchdog/modules/list");
    } finally {
      Files.delete(dropIn);
    }
  }

  @Test
  void dracut_s_counts_by_its_hooks() throws Exception {
    InitrdMaker maker =
        debian.maker(
            SealedDebian.settings(
                Optional.of(InitrdGenerator.DRACUT), InitrdSettings.Trials.COUNTED_HERE));
    Initrd initrd = debian.make(maker);
    assertThat(InitrdMaker.countsTries(debian.kept(), initrd.path())).as(debian.log()).isTrue();
    assertThat(debian.paths(initrd)).anyMatch(p -> p.endsWith("hooks/pre-trigger/00-tiu.sh"));
  }
}

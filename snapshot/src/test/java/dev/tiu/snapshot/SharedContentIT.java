package dev.tiu.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The root brings:
 *
 * <pre>
 * root               0700
 * srv                a link
 * var/lib/app/data   0640 7:8, of 2023
 * var/lib/app/hard   another name of data
 * var/lib/link       a link
 * var/log            2775 0:9
 * </pre>
 */
class SharedContentIT {
  private static final String ROOT =
      """
      set -eu; umask 022
      mkdir -p root srv-elsewhere var/lib/app var/log
      chmod 0700 root; ln -s srv-elsewhere srv
      echo image > var/lib/app/data; ln var/lib/app/data var/lib/app/hard
      chown 7:8 var/lib/app/data; chmod 0640 var/lib/app/data
      ln -s /etc var/lib/link; chown 0:9 var/log; chmod 2775 var/log
      find . -exec touch -h -d @1700000000 {} +
      """;

  private BtrfsDisk disk;
  private Path top;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = BtrfsDisk.create(128 << 20);
    top = disk.mountPoint();
    Files.createDirectories(top.resolve("system"));
    Files.createDirectories(top.resolve("image"));
    in("image", ROOT);
  }

  @AfterEach
  void removeDisk() throws IOException {
    disk.close();
  }

  private String in(String directory, String script) throws IOException {
    return Command.of("bash", "-c", "cd \"$D\"; " + script)
        .environment(Map.of("D", top.resolve(directory).toString(), "PATH", "/usr/bin:/bin"))
        .run()
        .text()
        .strip();
  }

  private void addMissing() throws IOException {
    try (Dir system = Dir.open(top.resolve("system"));
        Dir root = Dir.open(top.resolve("image"))) {
      SharedContent.addMissing(system, root);
    }
  }

  @Test
  void a_subvolume_is_made_for_each_like_the_images_directory() throws IOException {
    addMissing();

    assertThat(in("system", "stat -c '%n %a %i' home opt root srv usr-local var"))
        .isEqualTo(
            "home 755 256\nopt 755 256\nroot 700 256\nsrv 755 256\nusr-local 755 256\nvar 755 256");
    assertThat(in("system", "ls -A srv")).as("the image's link isn't followed").isEmpty();
  }

  @Test
  void what_is_missing_comes_with_all_that_belongs_to_it() throws IOException {
    addMissing();

    String stat = "cd var; stat -c '%n %F %a %u:%g %h %Y' . lib lib/app lib/app/* lib/link log";
    assertThat(in("system", stat)).isEqualTo(in("image", stat.replace("cd var;", "cd var &&")));
    assertThat(top.resolve("system/var/lib/app/data")).hasContent("image");
  }

  @Test
  void what_is_there_stays_whatever_it_is() throws IOException {
    Files.createDirectories(top.resolve("elsewhere"));
    in("system", "mkdir -p var/lib; ln -s ../../../elsewhere var/lib/app; echo mine > var/log");
    String before = in("system", "find var -printf '%p %y %m %l %T@\\n' | grep -v link | sort");

    addMissing();

    assertThat(in("system", "find var -printf '%p %y %m %l %T@\\n' | grep -v link | sort"))
        .isEqualTo(before);
    assertThat(top.resolve("elsewhere")).isEmptyDirectory();
    assertThat(Files.readSymbolicLink(top.resolve("system/var/lib/link"))).hasToString("/etc");
  }

  @Test
  void what_a_killed_run_left_goes_and_its_name_with_it() throws IOException {
    in("system", "mkdir -p var/lib/.tiu-unfinished/app; echo half > var/lib/.tiu-unfinished/app/x");

    addMissing();

    assertThat(in("system", "find . -name '.tiu*'")).isEmpty();
    assertThat(Files.exists(top.resolve("system/var/lib/link"), LinkOption.NOFOLLOW_LINKS))
        .isTrue();
  }
}

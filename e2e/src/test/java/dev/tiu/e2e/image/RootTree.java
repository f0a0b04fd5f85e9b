package dev.tiu.e2e.image;

import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The Debian that test machines run, as {@code guest/build-root} makes it.
 *
 * @param archive a tar archive of all of it, kernel and initrd included
 * @param key what it was made from, for what is made from it
 */
public record RootTree(GuestArchitecture architecture, Path archive, String key) {
  private static final Duration BUILD = Duration.ofMinutes(60);
  private static final List<String> SOURCES =
      List.of("build-root", "run-commands", "tiu-commands.service");

  /** From the cache, or built: a minute or two, on another architecture six or more. */
  public static RootTree of(GuestArchitecture architecture) throws IOException {
    String key = Cache.sha256(SOURCES.stream().map(RootTree::guest).toList());
    Path archive =
        Cache.ofUser()
            .get(
                "root-" + architecture.debian(),
                ".tar",
                List.of(key),
                part -> build(architecture.debian(), part.toString()));
    return new RootTree(architecture, archive, key);
  }

  /** The same with another one of Debian's kernels, which has another version, and no initrd. */
  public static RootTree withOtherKernel(GuestArchitecture architecture) throws IOException {
    RootTree usual = of(architecture);
    String kernel =
        switch (architecture) {
          // The one for virtual machines is small, but has no device trees.
          case AMD64 -> "linux-image-cloud";
          case ARM64 -> "linux-image-rt";
        };
    Path archive =
        Cache.ofUser()
            .get(
                kernel.replace("linux-image", "root") + "-" + architecture.debian(),
                ".tar",
                List.of(usual.key),
                part -> build(architecture.debian(), part.toString(), kernel, "" + usual.archive));
    return new RootTree(architecture, archive, usual.key + " " + kernel);
  }

  private static Path guest(String name) {
    return Path.of(System.getProperty("e2e.guest")).resolve(name);
  }

  private static void build(String... arguments) throws IOException {
    List<String> argv = new ArrayList<>(List.of(guest("build-root").toString()));
    argv.addAll(List.of(arguments));
    Command.of(argv).timeLimit(BUILD).run();
  }
}

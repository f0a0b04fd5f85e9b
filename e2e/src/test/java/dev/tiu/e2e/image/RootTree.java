package dev.tiu.e2e.image;

import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The Debian that test machines run, as {@code guest/build-root} makes it.
 *
 * @param archive a tar archive of all of it, kernel and initrd included
 * @param key what it was made from, for what is made from it
 */
public record RootTree(GuestArchitecture architecture, Path archive, String key) {
  private static final Duration BUILD = Duration.ofMinutes(30);

  /** From the cache, or built: a minute or two, on another architecture six or more. */
  public static RootTree of(GuestArchitecture architecture) throws IOException {
    return of(architecture, "linux-image");
  }

  /** The same with another one of Debian's kernels, which has another version. */
  public static RootTree withOtherKernel(GuestArchitecture architecture) throws IOException {
    return switch (architecture) {
      // The one for virtual machines is small, but has no device trees.
      case AMD64 -> of(architecture, "linux-image-cloud");
      case ARM64 -> of(architecture, "linux-image-rt");
    };
  }

  private static RootTree of(GuestArchitecture architecture, String kernel) throws IOException {
    Path guest = Path.of(System.getProperty("e2e.guest"));
    List<Path> sources =
        Stream.of("build-root", "run-commands", "tiu-commands.service")
            .map(guest::resolve)
            .toList();
    String key = Cache.sha256(sources);
    Path archive =
        Cache.ofUser()
            .get(
                kernel.replace("linux-image", "root") + "-" + architecture.debian(),
                ".tar",
                List.of(key),
                part ->
                    Command.of(
                            guest.resolve("build-root").toString(),
                            architecture.debian(),
                            part.toString(),
                            kernel)
                        .timeLimit(BUILD)
                        .run());
    return new RootTree(architecture, archive, key + " " + kernel);
  }
}

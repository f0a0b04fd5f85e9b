package dev.tiu.boot.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real Debian with a kernel, of this machine's own package sources.
 *
 * <p>Building one takes a minute, so the archive stays in {@code target/}: the packages may be of
 * another day, which no test minds.
 */
public final class DebianSystem {
  private static final List<String> PACKAGES =
      List.of("linux-image-cloud-amd64", "initramfs-tools", "dracut-core", "btrfs-progs", "zstd");

  private static final Pattern CODENAME = Pattern.compile("(?m)^VERSION_CODENAME=(.*)$");

  private DebianSystem() {}

  /** Unpacks the one that makes initrds; no initrd is in it, as in images. */
  public static void unpack(Path directory) throws IOException {
    unpack(PACKAGES, directory);
  }

  /** Unpacks one with these packages. */
  public static void unpack(List<String> packages, Path directory) throws IOException {
    Command.of("tar", "--extract", "--numeric-owner", "--file", archive(packages).toString())
        .directory(directory)
        .run();
  }

  private static Path archive(List<String> list) throws IOException {
    String name = String.join("+", list).toLowerCase(Locale.ROOT) + ".tar.zst";
    Path archive = Path.of("target", "test-systems", name).toAbsolutePath();
    if (!Files.exists(archive)) {
      Files.createDirectories(archive.getParent());
      Path unfinished = archive.resolveSibling("unfinished.tar.zst");
      build(list, unfinished);
      Files.move(unfinished, archive, StandardCopyOption.ATOMIC_MOVE);
    }
    return archive;
  }

  private static void build(List<String> list, Path archive) throws IOException {
    Matcher release = CODENAME.matcher(Files.readString(Path.of("/etc/os-release")));
    if (!release.find()) {
      throw new IOException("/etc/os-release has no VERSION_CODENAME: this is no Debian");
    }
    String codename = release.group(1);
    String packages = String.join(",", list);
    // INITRD=No: the kernel's package needn't make an initrd, which isn't what images have.
    Command.of(
            List.of(
                "mmdebstrap",
                "--quiet",
                "--variant=minbase",
                "--include=" + packages,
                codename,
                archive.toString(),
                "-"))
        .environment(Map.of("INITRD", "No"))
        .input(sources(codename).getBytes(UTF_8))
        .timeLimit(Duration.ofMinutes(10))
        .run();
  }

  /** One-line entries; apt knows them in whichever form they are. */
  private static String sources(String codename) throws IOException {
    Command.Result all =
        Command.of(
                "apt-get",
                "indextargets",
                "--format",
                "deb $(REPO_URI) $(RELEASE) $(COMPONENT) #$(ORIGIN)",
                "Created-By: Packages")
            .run();
    StringBuilder own = new StringBuilder();
    all.text()
        .lines()
        .filter(line -> line.endsWith(" #Debian") && line.contains(" " + codename))
        .distinct()
        .forEach(line -> own.append(line, 0, line.indexOf(" #")).append('\n'));
    return own.toString();
  }
}

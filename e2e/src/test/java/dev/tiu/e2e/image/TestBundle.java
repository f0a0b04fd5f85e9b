package dev.tiu.e2e.image;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * A signed image of a {@link RootTree}, with tiu and its units in it; all are signed by one key,
 * and trust it.
 *
 * @param directory with {@code os.tiu}
 */
public record TestBundle(RootTree root, String version, Path directory, Path keys, String key) {
  /** What the devices call themselves. */
  public static final String DEVICE = "machine";

  /** Where {@link CountingUboot} has its environment, for those that are started by it. */
  private static final String U_BOOT_ENVIRONMENT =
      """
      /boot/uboot.env 0x0 0x4000
      /boot/uboot-redund.env 0x0 0x4000
      """;

  /** Quick to start on an emulated processor, rather than fast later. */
  private static final String PROGRAM =
      """
      #!/bin/sh
      exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar /usr/lib/tiu/tiu.jar "$@"
      """;

  private static final List<String> UNITS = List.of("tiu-booted.service", "tiu-finalize.service");

  /** Version 1, from the cache or made. */
  public static TestBundle of(RootTree root) throws IOException {
    return of(root, "1");
  }

  /** From the cache or made. */
  public static TestBundle of(RootTree root, String version) throws IOException {
    return of(root, version, ImageTraits.USUAL);
  }

  /** One that panics in each boot, when its init ends at once. */
  public static TestBundle broken(RootTree root, String version) throws IOException {
    return of(root, version, ImageTraits.USUAL.thatPanics());
  }

  /** From the cache or made. */
  public static TestBundle of(RootTree root, String version, ImageTraits traits)
      throws IOException {
    TiuProgram tiu = TiuProgram.built();
    Path keys =
        Cache.ofUser().get("keys", "", List.of("1"), part -> tiu.run("key", "init", "" + part));
    List<Path> files = new ArrayList<>();
    UNITS.forEach(unit -> files.add(units().resolve(unit)));
    files.add(keys.resolve("ca.crt.pem"));
    List<String> inputs =
        List.of(
            root.key(),
            version,
            traits.toString(),
            tiu.key(),
            PROGRAM,
            U_BOOT_ENVIRONMENT,
            Cache.sha256(files));
    String name = "bundle-" + root.architecture().debian() + "-" + version;
    Path directory =
        Cache.ofUser().get(name, "", inputs, part -> make(tiu, root, version, traits, keys, part));
    return new TestBundle(root, version, directory, keys, String.join("\n", inputs));
  }

  static Path units() {
    return Path.of(System.getProperty("e2e.guest")).resolve("../../units").normalize();
  }

  private static void make(
      TiuProgram tiu, RootTree root, String version, ImageTraits traits, Path keys, Path part)
      throws IOException {
    Files.createDirectories(part);
    Path archive = part.resolve("root.tar");
    Files.copy(root.archive(), archive);
    addTiu(tiu, keys, traits, Files.createDirectory(part.resolve("added")), archive);
    tiu.run(
        "create",
        "--tar",
        "" + archive,
        "--output",
        "" + part.resolve("os.tiu"),
        "--compatible",
        DEVICE,
        "--version",
        version,
        "--kernel-arguments",
        // So that a test sees what the kernel says.
        "console=" + root.architecture().console() + traits.arguments(),
        // Made and read once: what packs quickly and is unpacked by an emulated processor.
        "--compression",
        "zstd:3",
        "--key",
        "" + keys.resolve("signer.key.pem"),
        "--cert",
        "" + keys.resolve("signer.crt.pem"));
    Command.of("rm", "-r", "" + archive, "" + part.resolve("added")).run();
  }

  /** Appends what a package of tiu brings, and settings, to a root tree's archive. */
  static void addTiu(TiuProgram tiu, Path keys, Path added, Path archive) throws IOException {
    addTiu(tiu, keys, ImageTraits.USUAL, added, archive);
  }

  private static void addTiu(
      TiuProgram tiu, Path keys, ImageTraits traits, Path added, Path archive) throws IOException {
    Path program = Files.createDirectories(added.resolve("usr/bin")).resolve("tiu");
    Files.writeString(program, PROGRAM);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path library = Files.createDirectories(added.resolve("usr/lib/tiu"));
    Command.of(
            "cp",
            "--recursive",
            "" + tiu.directory().resolve("tiu.jar"),
            "" + tiu.directory().resolve("lib"),
            "" + library)
        .run();
    Path system = added.resolve("usr/lib/systemd/system");
    Path wanted = Files.createDirectories(system.resolve("sysinit.target.wants"));
    for (String unit : UNITS) {
      Files.copy(units().resolve(unit), system.resolve(unit));
      Files.createSymbolicLink(wanted.resolve(unit), Path.of("..", unit));
    }
    Path masked = Files.createDirectories(added.resolve("etc/systemd/system"));
    Files.createSymbolicLink(masked.resolve("systemd-bless-boot.service"), Path.of("/dev/null"));
    Path own = Files.createDirectories(added.resolve("etc/tiu"));
    for (ImageTraits.Added file : traits.added()) {
      Path path = added.resolve(file.path());
      Files.createDirectories(path.getParent());
      if (file.isLink()) {
        Files.createSymbolicLink(path, Path.of(file.content()));
      } else {
        Files.writeString(path, file.content());
      }
    }
    Files.copy(keys.resolve("ca.crt.pem"), own.resolve("keyring"));
    Files.writeString(added.resolve("etc/fw_env.config"), U_BOOT_ENVIRONMENT);
    // Without directories, which the tree has, and whose modes stay.
    Command.of(
            "bash",
            "-c",
            "cd \"$1\" && find . ! -type d -print0 | tar --append --file=\"$2\" --owner=0 --group=0"
                + " --null --no-recursion --files-from=-",
            "tar",
            "" + added,
            "" + archive)
        .run();
  }

  public Path file() {
    return directory.resolve("os.tiu");
  }

  /** The certificate that devices trust. */
  public Path keyring() {
    return keys.resolve("ca.crt.pem");
  }
}

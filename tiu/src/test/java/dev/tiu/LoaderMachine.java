package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A machine with a boot loader, on btrfs, and a boot partition in memory. What the loader's script
 * does at a start, the test does: it takes a try away, and says which snapshot runs.
 */
final class LoaderMachine implements AutoCloseable {
  private static final Tiu TIU = Tiu.now();

  private final BtrfsDisk disk;
  private final Path boot;
  private final RunningSystem system;

  private final String loader;

  private LoaderMachine(BtrfsDisk disk, Path boot, RunningSystem system, String loader) {
    this.loader = loader;
    this.disk = disk;
    this.boot = boot;
    this.system = system;
  }

  /** One that GRUB starts. */
  static LoaderMachine install(Path directory, SampleSystems samples) throws IOException {
    return install(directory, samples, "grub");
  }

  /**
   * Has version 1 of the samples as snapshot 1.
   *
   * @param directory for its boot partition and temporary files
   * @param loader {@code grub}, {@code u-boot} or {@code pi}
   */
  static LoaderMachine install(Path directory, SampleSystems samples, String loader)
      throws IOException {
    LoaderMachine machine = of(BtrfsDisk.create(512 << 20), directory, loader);
    boolean installed = false;
    try {
      TIU.run("install", "--sysroot", machine.top(), "--keyring", samples.keyring(), samples.v1())
          .orFail();
      installed = true;
      return machine;
    } finally {
      if (!installed) {
        machine.close();
      }
    }
  }

  private static LoaderMachine of(BtrfsDisk disk, Path directory, String loader)
      throws IOException {
    Path boot = Files.createDirectories(directory.resolve("boot"));
    Command.of("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", "" + boot).run();
    return new LoaderMachine(disk, boot, new RunningSystem(directory, disk), loader);
  }

  /** Keeps its disk and its boot partition, so that there can be others like it when it is gone. */
  void save(Path to) throws IOException {
    Files.createDirectories(to);
    disk.save(to.resolve("disk"));
    Command.of("cp", "-a", "" + boot, "" + to.resolve("boot")).run();
    Files.writeString(to.resolve("loader"), loader);
  }

  /** One as it was saved. */
  static LoaderMachine copyOf(Path saved, Path directory) throws IOException {
    String loader = Files.readString(saved.resolve("loader"));
    LoaderMachine machine = of(BtrfsDisk.copyOf(saved.resolve("disk")), directory, loader);
    Command.of("cp", "-a", saved.resolve("boot") + "/.", "" + machine.boot).run();
    return machine;
  }

  /**
   * Has it try each update, and judge it by one check: whether a file is there.
   *
   * @param more of its settings
   */
  void judgeBy(Path file, String more) throws IOException {
    Path own = etc(1).resolve("tiu");
    Files.writeString(
        own.resolve("tiu.toml"),
        """
        compatible = "sample"
        trial = "always"
        %s
        [boot]
        loader = "%s"
        directory = "/mnt%s"
        """
            .formatted(more, loader, boot));
    Files.createDirectories(own.resolve("health.d"));
    Files.writeString(
        own.resolve("health.d/app.toml"),
        """
        kind = "command"
        command = ["/usr/bin/test", "-e", "/mnt%s"]
        timeout = "20s"
        """
            .formatted(file));
  }

  Path boot() {
    return boot;
  }

  Path top() {
    return disk.mountPoint();
  }

  Path place(int number) {
    return top().resolve("@/.snapshots/" + number);
  }

  Path etc(int number) {
    return place(number).resolve("snapshot/etc");
  }

  RunningSystem system() {
    return system;
  }

  /** As if what is noted with a snapshot, if it is, had been noted in an earlier boot. */
  void makeEarlier(int snapshot, String note) throws IOException {
    Path file = place(snapshot).resolve("tiu").resolve(note);
    if (Files.exists(file)) {
      Files.writeString(file, Files.readString(file).replaceFirst(".*", "another boot"));
    }
  }

  /** tiu as that snapshot's system runs it. */
  Command start(int running, Object... arguments) {
    return system.start(running, arguments);
  }

  /** The same, run by another program of the machine's. */
  Command startBy(List<String> program, int running, Object... arguments) {
    return system.startBy(program, running, arguments);
  }

  JsonNode json(String command) throws IOException {
    return TIU.run(command, "--sysroot", top(), "--boot-dir", boot, "--json").orFail().json();
  }

  JsonNode loader() throws IOException {
    return json("status").path("boot");
  }

  /** What the loader would start: {@code 2 3 times, then 1}. */
  String next() throws IOException {
    JsonNode loader = loader();
    String always = loader.path("isDefault").asText("nothing");
    int tries = loader.path("triesLeft").asInt();
    return tries > 0
        ? "%s %d times, then %s".formatted(loader.path("trial").asText(), tries, always)
        : always;
  }

  /** As tiu's script for the loader counts. */
  void countTry() throws IOException {
    if (loader.equals("grub")) {
      Path environment = boot.resolve("tiu/grub.env");
      int left = tiuLeft(Command.of("grub-editenv", "" + environment, "list").run().text().lines());
      Command.of("grub-editenv", "" + environment, "set", "tiu_left=" + (left - 1)).run();
    } else {
      Path environment = boot.resolve("tiu/uboot.env");
      Path config = Files.createTempFile("fw_env", ".config");
      try {
        String size = Long.toHexString(Files.size(environment));
        Files.writeString(config, "%s 0x0 0x%s\n".formatted(environment, size));
        int left = tiuLeft(Command.of("fw_printenv", "-c", "" + config).run().text().lines());
        Command.of("fw_setenv", "-c", "" + config, "tiu_left", "" + (left - 1)).run();
      } finally {
        Files.delete(config);
      }
    }
  }

  private static int tiuLeft(Stream<String> lines) {
    int left =
        lines
            .filter(line -> line.startsWith("tiu_left="))
            .mapToInt(line -> Integer.parseInt(line.substring("tiu_left=".length())))
            .findFirst()
            .orElseThrow();
    assertThat(left).isPositive();
    return left;
  }

  @Override
  public void close() throws IOException {
    Command.of("umount", "" + boot).run();
    disk.close();
  }
}

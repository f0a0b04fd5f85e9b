package dev.tiu.e2e.machine;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * QEMU's {@code raspi3b}: a board without virtio, which has its card, and a serial line on which a
 * test logs in. What it says stays in {@code target/machines/NAME/console.log}.
 */
public final class Raspi3b implements AutoCloseable {
  /** What the board has; QEMU takes no other. */
  private static final int MEMORY = 1024;

  private static final String PROCESSORS = "4";

  private final String name;
  private final Firmware firmware;
  private final Path disk;
  private final Path directory;
  private final Path sockets;
  private final Console console;
  private Qemu qemu;
  private LineSocket keyboard;
  private int commands;

  private Raspi3b(String name, Firmware firmware, Path disk, Path directory, Path sockets)
      throws IOException {
    this.name = name;
    this.firmware = firmware;
    this.disk = disk;
    this.directory = directory;
    this.sockets = sockets;
    this.console = new Console(directory.resolve("console.log"));
    this.qemu = launch();
    this.keyboard = qemu.open("console", line -> {});
  }

  /**
   * Switches one on.
   *
   * @param disk qcow2, of a size that a card has: a power of two
   */
  public static Raspi3b start(String name, Firmware firmware, Path disk) throws IOException {
    Path directory = Path.of(System.getProperty("e2e.logs"), name);
    if (Files.exists(directory)) {
      Command.of("rm", "-rf", "--one-file-system", directory.toString()).run();
    }
    Files.createDirectories(directory);
    return new Raspi3b(name, firmware, disk, directory, Files.createTempDirectory("vm"));
  }

  private Qemu launch() throws IOException {
    List<String> argv = new ArrayList<>();
    argv.addAll(List.of("nice", "-n", "5", "qemu-system-aarch64", "-machine", "raspi3b"));
    argv.addAll(List.of("-m", Integer.toString(MEMORY), "-smp", PROCESSORS));
    argv.addAll(List.of("-display", "none", "-no-reboot"));
    argv.addAll(List.of("-pidfile", sockets.resolve("pid").toString()));
    argv.addAll(List.of("-qmp", "unix:" + sockets.resolve("qmp") + ",server=on,wait=off"));
    argv.addAll(
        List.of(
            "-chardev",
            "socket,id=console,path=%s,server=on,wait=off,logfile=%s,logappend=on"
                .formatted(sockets.resolve("console"), console.log()),
            "-serial",
            "chardev:console",
            "-drive",
            "if=sd,format=qcow2,file=" + disk));
    argv.addAll(
        firmware.arguments(
            new Firmware.Start(GuestArchitecture.ARM64, disk, directory, "", MEMORY)));
    Files.deleteIfExists(sockets.resolve("console"));
    return Qemu.start(sockets, argv);
  }

  /** Waits until the console has said that since it was switched on, and gives the match. */
  private Matcher await(Pattern wanted, long since, Deadline deadline) throws IOException {
    while (true) {
      Matcher matcher = wanted.matcher(console.textSince(since));
      if (matcher.find()) {
        return matcher;
      }
      if (!qemu.runs() || deadline.isOver()) {
        throw new MachineException(
            "%s: %s, waiting for %s%nThe console said at last:%n%s"
                .formatted(
                    name,
                    qemu.runs() ? "time is up" : "it went off: " + end(),
                    wanted,
                    console.tail()));
      }
      Deadline.pause(500, "as a machine runs");
    }
  }

  private String end() {
    return qemu.shutdownReason().orElse("no reason given") + "; " + qemu.lastWords();
  }

  /** Waits for the login on the serial line, and logs in as root, who has no password. */
  public void logIn(Duration limit) throws IOException {
    Deadline deadline = Deadline.in(limit);
    Matcher unused = await(Pattern.compile("login: "), 0, deadline);
    keyboard.send("root");
    unused = await(Pattern.compile("root@[^\n]*# "), 0, deadline);
  }

  /** Runs a line of shell that has to succeed, and gives what it said. */
  public String run(String command, Duration limit) throws IOException {
    commands++;
    long since = console.position();
    // The marks as the shell puts them together, so that its echo of the line has none.
    keyboard.send("echo begin-'" + commands + "'; " + command + "; echo end-'" + commands + "' $?");
    String begin = "begin-" + commands + "\r?\n";
    Pattern wanted =
        Pattern.compile(begin + "(.*?)end-" + commands + " (\\d+)\r?\n", Pattern.DOTALL);
    Matcher answer = await(wanted, since, Deadline.in(limit));
    if (!answer.group(2).equals("0")) {
      throw new MachineException(
          name + ": exit code " + answer.group(2) + " of " + command + ": " + answer.group(1));
    }
    return answer.group(1).replace("\r", "").strip();
  }

  /** Reboots in order; gives why QEMU then ended, in its own words. */
  public Optional<String> reboot(Duration limit) throws IOException {
    keyboard.send("systemctl --no-block reboot");
    if (!qemu.awaitEnd(limit)) {
      throw new MachineException(name + ": no reboot within " + limit + "\n" + console.tail());
    }
    return qemu.shutdownReason();
  }

  /** All that it has said. */
  public String said() throws IOException {
    return console.textSince(0);
  }

  @Override
  public void close() throws IOException {
    try {
      qemu.kill();
    } finally {
      keyboard.close();
      for (String file : new String[] {"console", "qmp", "pid"}) {
        Files.deleteIfExists(sockets.resolve(file));
      }
      Files.deleteIfExists(sockets);
    }
  }
}

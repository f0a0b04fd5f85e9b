package dev.tiu.e2e.machine;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A machine that is switched on.
 *
 * <p>A reboot of the guest's, the reset button and a power cut all end QEMU; waiting for the boot
 * starts it anew, so that the firmware looks at the disk each time. Closing switches it off at
 * once. What it said on its console stays in {@code target/machines/NAME/console.log}.
 */
public final class Machine implements AutoCloseable {
  /** Enough for any boot on a machine that is busy with other things. */
  public static final Duration BOOT = Duration.ofMinutes(8);

  private static final Duration COMMAND = Duration.ofMinutes(5);
  private static final Set<String> RESETS =
      Set.of("guest-reset", "guest-panic", "host-qmp-system-reset");

  /** What Linux says last: {@code kernel_restart} in {@code kernel/reboot.c}. */
  private static final Pattern RESTART =
      Pattern.compile("reboot: Restarting system with command '([^']*)'");

  /**
   * A boot that came so far that the guest takes orders.
   *
   * @param bootId of {@code /proc/sys/kernel/random/boot_id}
   * @param starts how many times the machine was started for it: more than 1 where boots failed
   * @param time from the first of them
   */
  public record Boot(String bootId, int starts, Duration time) {}

  private final MachineSpec spec;
  private final Path directory;
  private final Path sockets;
  private final Console console;
  private Qemu qemu;
  private GuestPort port;
  private LineSocket line;
  private LineSocket keyboard;
  private long startedAt;

  private Machine(MachineSpec spec, Path directory, Path sockets) throws IOException {
    this.spec = spec;
    this.directory = directory;
    this.sockets = sockets;
    this.console = new Console(directory.resolve("console.log"));
    Started started = launch("");
    this.qemu = started.qemu;
    this.port = started.port;
    this.line = started.line;
    this.keyboard = started.keyboard;
  }

  private record Started(Qemu qemu, GuestPort port, LineSocket line, LineSocket keyboard) {}

  /** Switches one on. */
  public static Machine start(MachineSpec spec) throws IOException {
    Path directory = Path.of(System.getProperty("e2e.logs"), spec.name());
    if (Files.exists(directory)) {
      Command.of("rm", "-rf", "--one-file-system", directory.toString()).run();
    }
    Files.createDirectories(directory);
    // A socket's path must be short.
    Path sockets = Files.createTempDirectory("vm");
    boolean started = false;
    try {
      Machine machine = new Machine(spec, directory, sockets);
      started = true;
      return machine;
    } finally {
      if (!started) {
        removeSockets(sockets);
      }
    }
  }

  private static void removeSockets(Path sockets) throws IOException {
    for (String name : new String[] {"console", "commands", "qmp", "pid"}) {
      Files.deleteIfExists(sockets.resolve(name));
    }
    Files.deleteIfExists(sockets);
  }

  private Started launch(String rebootArgument) throws IOException {
    Firmware.Start start =
        new Firmware.Start(
            spec.architecture(), spec.disk(), directory, rebootArgument, spec.memory());
    startedAt = console.position();
    for (String name : new String[] {"console", "commands"}) {
      Files.deleteIfExists(sockets.resolve(name));
    }
    Qemu started =
        Qemu.start(
            sockets,
            MachineProcess.argv(spec, sockets, console.log(), spec.firmware().arguments(start)));
    GuestPort guest = new GuestPort();
    return new Started(
        started,
        guest,
        started.open("commands", guest::receive),
        started.open("console", ignored -> {}));
  }

  private void startAgain(String rebootArgument) throws IOException {
    stop();
    Started started = launch(rebootArgument);
    qemu = started.qemu;
    port = started.port;
    line = started.line;
    keyboard = started.keyboard;
  }

  private void stop() throws IOException {
    line.close();
    keyboard.close();
    qemu.close();
  }

  /** Waits until the guest takes orders, however many resets that takes. */
  public Boot awaitBoot(Duration limit) throws IOException {
    long from = System.nanoTime();
    Deadline deadline = Deadline.in(limit);
    for (int starts = 1; ; starts++) {
      Optional<GuestPort.Booted> booted = awaitBoot(deadline);
      if (booted.isPresent()) {
        Duration time = Duration.ofNanos(System.nanoTime() - from);
        return new Boot(booted.get().bootId(), starts, time);
      }
      startAgain(rebootArgument());
    }
  }

  /** Empty if the machine was reset before it had booted. */
  private Optional<GuestPort.Booted> awaitBoot(Deadline deadline) throws IOException {
    while (true) {
      Optional<GuestPort.Booted> booted = port.takeBoot();
      if (booted.isPresent()) {
        return booted;
      }
      if (!qemu.runs()) {
        if (qemu.shutdownReason().filter(RESETS::contains).isPresent()) {
          return Optional.empty();
        }
        throw failure("the machine went off while it should boot: " + end());
      }
      awaitLine(deadline, "the guest to boot");
    }
  }

  private String end() {
    return qemu.shutdownReason().orElse("no reason given") + "; " + qemu.lastWords();
  }

  private String rebootArgument() throws IOException {
    Matcher matcher = RESTART.matcher(console.textSince(startedAt));
    String last = "";
    while (matcher.find()) {
      last = matcher.group(1);
    }
    return last;
  }

  private void awaitLine(Deadline deadline, String what) throws IOException {
    if (deadline.isOver()) {
      throw failure("time is up, waiting for " + what);
    }
    try {
      port.awaitLine(deadline.millisLeft());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MachineException("interrupted, waiting for " + what, e);
    }
  }

  private MachineException failure(String what) throws IOException {
    return new MachineException(
        "%s: %s%nThe console said at last (all of it is in %s):%n%s"
            .formatted(spec.name(), what, console.log(), console.tail()));
  }

  /**
   * Runs a bash script in the guest.
   *
   * @throws MachineException if no result comes: the guest hangs, is reset or goes off
   */
  public GuestResult run(String script, Duration limit) throws IOException {
    int order = port.order(line, script, Math.max(1, limit.toSeconds()));
    // The guest ends the script itself; only a guest that is slow or gone needs more.
    Deadline deadline = Deadline.in(limit.plusSeconds(60));
    while (true) {
      Optional<GuestResult> result = port.takeResult(order);
      if (result.isPresent()) {
        return result.get();
      }
      if (!qemu.runs()) {
        throw failure("the machine went off during: " + script + ": " + end());
      }
      awaitLine(deadline, "the end of: " + script);
    }
  }

  /** Runs a script that has to succeed, and gives its output. */
  public String run(String script) throws IOException {
    GuestResult result = run(script, COMMAND);
    if (!result.succeeded()) {
      throw failure(
          "exit code %d of: %s%n%s".formatted(result.exitCode(), script, result.output()));
    }
    return result.output();
  }

  /** Starts what goes on by itself, such as a reboot, without waiting for its result. */
  public void runWithoutResult(String script) throws IOException {
    int unused = port.order(line, script, COMMAND.toSeconds());
  }

  /** Puts a file of the host's into the guest; for large ones there is the share. */
  public void put(Path file, String guestPath) throws IOException {
    byte[] content = Files.readAllBytes(file);
    String redirect = ">";
    for (int at = 0; at == 0 || at < content.length; at += 48_000) {
      byte[] piece =
          java.util.Arrays.copyOfRange(content, at, Math.min(content.length, at + 48_000));
      run(
          "base64 -d %s '%s' <<'END'%n%s%nEND"
              .formatted(redirect, guestPath, Base64.getEncoder().encodeToString(piece)));
      redirect = ">>";
    }
  }

  /** Types on the serial console, as at a loader's menu. */
  public void type(String keys) throws IOException {
    keyboard.send(keys);
  }

  /** Lets the guest reboot in order. */
  public Boot reboot(Duration limit) throws IOException {
    return reboot("", limit);
  }

  /** The same with an argument for the firmware, {@code 0 tryboot}. */
  public Boot reboot(String argument, Duration limit) throws IOException {
    String option = argument.isEmpty() ? "" : " --reboot-argument='" + argument + "'";
    runWithoutResult("systemctl --no-block reboot" + option);
    return awaitBoot(limit);
  }

  /** Somebody at the serial console who waits for a loader's menu. */
  @FunctionalInterface
  public interface AtMenu {
    /**
     * What is typed, once.
     *
     * @param shown all that the machine has said since it was started
     * @return empty as long as that isn't enough
     */
    Optional<String> keys(String shown);
  }

  /** Lets the guest reboot in order, and has somebody choose in the loader's menu. */
  public Boot reboot(AtMenu person, Duration limit) throws IOException {
    runWithoutResult("systemctl --no-block reboot");
    if (!qemu.awaitEnd(limit)) {
      throw failure("time is up, waiting for the machine to go down");
    }
    startAgain(rebootArgument());
    Deadline deadline = Deadline.in(limit);
    Optional<String> keys = Optional.empty();
    while (keys.isEmpty()) {
      // A menu waits for two seconds.
      awaitSomething(deadline, "the loader's menu");
      keys = person.keys(console.textSince(startedAt));
    }
    type(keys.get());
    return awaitBoot(limit);
  }

  private void awaitSomething(Deadline deadline, String what) throws IOException {
    if (deadline.isOver() || !qemu.runs()) {
      throw failure("time is up, or the machine went off, waiting for " + what);
    }
    Deadline.pause(50, "waiting for " + what);
  }

  /** Presses the reset button: the memory is lost, and nothing that the disk was given. */
  public Boot reset(Duration limit) throws IOException {
    var unused = qemu.ask("system_reset", Map.of());
    return awaitBoot(limit);
  }

  /** Pulls the plug and puts it in again; what QEMU had not yet written is lost. */
  public Boot powerCut(Duration limit) throws IOException {
    qemu.kill();
    startAgain("");
    return awaitBoot(limit);
  }

  /** Lets the guest shut down in order, and waits until it is off. */
  public void powerOff(Duration limit) throws IOException {
    runWithoutResult("systemctl --no-block poweroff");
    if (!qemu.awaitEnd(limit)) {
      throw failure("time is up, waiting for the machine to go off");
    }
    if (!qemu.shutdownReason().equals(Optional.of("guest-shutdown"))) {
      throw failure("the machine didn't shut down but ended otherwise: " + end());
    }
  }

  /** What it says. */
  public Console console() {
    return console;
  }

  /** Switches it off. */
  @Override
  public void close() throws IOException {
    try {
      qemu.kill();
    } finally {
      stop();
      removeSockets(sockets);
    }
  }
}

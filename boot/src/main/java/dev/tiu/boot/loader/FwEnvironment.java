package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.BootException;
import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * U-Boot's environment by {@code fw_printenv} and {@code fw_setenv}, as libubootenv has them, which
 * knows raw disks, files, MTD and UBI. Where it lies says {@code /etc/fw_env.config}:
 *
 * <pre>
 * /dev/mmcblk0  0x400000  0x4000     device or file, offset, size
 * /dev/mmcblk0  0x408000  0x4000     the second copy
 * </pre>
 *
 * <p>With two copies a write goes to the one that doesn't count, whose sum and running number make
 * it the one that does: it is synced, and if it is torn, the other one still counts.
 */
final class FwEnvironment implements BoardEnvironment {
  private static final Path CONFIG = Path.of("/etc/fw_env.config");
  private static final Duration TIME_LIMIT = Duration.ofSeconds(30);
  private static final int OUTPUT_LIMIT = 1 << 20;

  /** Of a line that isn't a comment, libubootenv takes what has a place, an offset and a size. */
  private static final Pattern COPY = Pattern.compile("[^#\\s]\\S*\\s+\\S+\\s+\\S+.*");

  /** The same in its YAML. */
  private static final Pattern YAML_COPY = Pattern.compile("[\\s-]*path\\s*:\\s*\\S+.*");

  /** What the tools say where no copy has a right sum, and no file has the board's default. */
  private static final String NO_COPY = "Cannot read default environment";

  private static final String TRIAL_AS_IT_WAS =
      "What is on trial, or isn't, is as it was; the default is what it was told to be last.";
  private static final String OR_IN_FILE =
      ", or have tiu's boot script count in a file: [boot] loader = \"u-boot\" in"
          + " /etc/tiu/tiu.toml.";

  private final Path config;
  private final Duration timeLimit;

  FwEnvironment(Path config, Duration timeLimit) {
    this.config = config;
    this.timeLimit = timeLimit;
  }

  /** That of the machine that this runs on. */
  static FwEnvironment ofMachine() {
    return new FwEnvironment(CONFIG, TIME_LIMIT);
  }

  /** Empty too where no copy has a right sum: U-Boot sees nothing of ours there either. */
  @Override
  public SortedMap<String, String> read() throws BootException {
    return readCopy().orElseGet(TreeMap::new);
  }

  /** Empty where no copy has a right sum. */
  private Optional<SortedMap<String, String>> readCopy() throws BootException {
    List<String> argv = new ArrayList<>(List.of("fw_printenv", "-c", config.toString()));
    argv.addAll(NAMES);
    try {
      return Optional.of(parse(command(argv).run().text()));
    } catch (CommandException e) {
      if (e.errorTail().contains(NO_COPY)) {
        return Optional.empty();
      }
      throw failure("read", e);
    }
  }

  private Command command(List<String> argv) {
    return Command.of(argv).timeLimit(timeLimit).outputLimit(OUTPUT_LIMIT);
  }

  /**
   * In the order in which they were asked for, so that a value of several lines, which only the
   * last one may have, is never taken for another variable.
   */
  private static SortedMap<String, String> parse(String output) throws BootException {
    SortedMap<String, String> variables = new TreeMap<>();
    String rest = output;
    for (String name : NAMES) {
      boolean last = name.equals(NAMES.get(NAMES.size() - 1));
      int end = last || rest.indexOf('\n') < 0 ? rest.length() : rest.indexOf('\n');
      String line = rest.substring(0, end);
      if (!line.startsWith(name + "=")) {
        throw new BootException(
            "U-Boot's environment can't be made out: fw_printenv prints '%s' where %s should be"
                .formatted(line, name),
            TRIAL_AS_IT_WAS,
            "Look at it with fw_printenv, and remove what has several lines with fw_setenv"
                + OR_IN_FILE);
      }
      String value = line.substring(name.length() + 1);
      if (!value.isEmpty()) {
        variables.put(name, value);
      }
      rest = rest.substring(Math.min(end + 1, rest.length()));
    }
    return variables;
  }

  @Override
  public void write(SortedMap<String, String> changes) throws BootException {
    StringBuilder script = new StringBuilder();
    changes.forEach((name, value) -> script.append(name).append('=').append(value).append('\n'));
    try {
      var unused =
          command(List.of("fw_setenv", "-c", config.toString(), "-s", "-"))
              .input(script.toString().getBytes(UTF_8))
              .run();
    } catch (CommandException e) {
      throw e.errorTail().contains(NO_COPY) ? noCopy() : failure("written", e);
    }
    requireHeld(changes);
  }

  private static BootException noCopy() {
    return new BootException(
        "U-Boot's environment has no copy with a right sum",
        TRIAL_AS_IT_WAS,
        "Have U-Boot save it, with saveenv on its console, or put the board's default into"
            + " /etc/u-boot-initial-env; look whether /etc/fw_env.config names the right place"
            + OR_IN_FILE);
  }

  private void requireHeld(SortedMap<String, String> changes) throws BootException {
    SortedMap<String, String> wanted = new TreeMap<>(changes);
    wanted.values().removeIf(String::isEmpty);
    SortedMap<String, String> kept = read();
    kept.keySet().retainAll(changes.keySet());
    if (!kept.equals(wanted)) {
      throw new BootException(
          "U-Boot's environment didn't keep what was written: it has %s where it should have %s"
              .formatted(kept, wanted),
          TRIAL_AS_IT_WAS,
          "A variable of U-Boot's may be read-only (.flags), or the flash failing" + OR_IN_FILE);
    }
  }

  private static BootException failure(String what, CommandException e) {
    String remedy =
        e.failure() instanceof CommandException.NotInstalled
            ? "Make the image with libubootenv's tools (Debian: libubootenv-tool)"
            : e.failure() instanceof CommandException.TimedOut
                ? "Another program may hold /var/lock/fw_printenv.lock: end it"
                : "See to it that /etc/fw_env.config names places that are there and can be"
                    + " written (a flash may be locked, a partition not be mounted)";
    BootException failure =
        new BootException(
            "U-Boot's environment can't be %s: %s".formatted(what, e.getMessage()),
            TRIAL_AS_IT_WAS,
            remedy + OR_IN_FILE);
    failure.initCause(e);
    return failure;
  }

  @Override
  public void requireSafe() throws IOException {
    Set<String> places = new HashSet<>();
    try {
      // Any bytes are text in this one.
      for (String line : Files.readAllLines(config, StandardCharsets.ISO_8859_1)) {
        if (COPY.matcher(line).matches()) {
          String[] fields = line.split("\\s+", -1);
          places.add(fields[0] + " " + offset(fields[1]));
        } else if (YAML_COPY.matcher(line).matches()) {
          places.add(line.strip() + " " + places.size());
        }
      }
    } catch (NoSuchFileException e) {
      throw new BootException(
          "There is no %s, which says where U-Boot's environment lies".formatted(config),
          PublishedEntries.NOT_ON_TRIAL,
          "Write it as the board needs it" + OR_IN_FILE);
    }
    if (places.size() < 2) {
      throw new BootException(
          "U-Boot's environment has one copy by %s: a write that the power ends would lose all of it"
              .formatted(config),
          PublishedEntries.NOT_ON_TRIAL,
          "Take a U-Boot that keeps two (CONFIG_SYS_REDUNDAND_ENVIRONMENT) and name both"
              + OR_IN_FILE);
    }
    if (readCopy().isEmpty()) {
      throw noCopy();
    }
  }

  /** Two ways to write one number are one place. */
  private static String offset(String text) {
    try {
      return Long.toString(Long.decode(text));
    } catch (NumberFormatException e) {
      return text;
    }
  }
}

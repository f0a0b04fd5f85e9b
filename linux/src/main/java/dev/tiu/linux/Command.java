package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A program run outside: a list of arguments, never a shell.
 *
 * <p>The program runs in a session and process group of its own (through {@code setsid}), with this
 * process's environment and {@code LC_ALL=C.UTF-8}. When its time is up, when the calling thread is
 * interrupted, when a callback fails, or when the Java machine shuts down, the whole group is
 * ended, first by SIGTERM and then by SIGKILL, and its end is awaited. Should this process be
 * killed, the kernel kills the program itself, though not what that has started (through {@code
 * setpriv --pdeathsig}). {@code setsid} and {@code setpriv} are util-linux's.
 *
 * <p>A command is a value: each method that changes something gives a new one, and one may be run
 * any number of times.
 */
public final class Command {
  /** How long a program may run when nothing else is said. */
  public static final Duration DEFAULT_TIME_LIMIT = Duration.ofMinutes(10);

  /** How many bytes of output are collected when nothing else is said. */
  public static final int DEFAULT_OUTPUT_LIMIT = 16 << 20;

  /** Writes what the program shall read; runs in a thread of its own. */
  @FunctionalInterface
  public interface InputWriter {
    /**
     * Writes all; the stream is closed afterwards. A program that stops reading ends this early.
     */
    void writeTo(OutputStream input) throws IOException;
  }

  /** Reads what the program prints; runs in a thread of its own. */
  @FunctionalInterface
  public interface OutputReader {
    /** Reads up to the end; what is left unread is discarded. */
    void readFrom(InputStream output) throws IOException;
  }

  /** What is done with a line that the program prints. */
  @FunctionalInterface
  public interface LineReader {
    /** Takes one line, decoded as UTF-8, without its end. */
    void accept(String line) throws IOException;
  }

  /** What a program that ended well has left. */
  public static final class Result {
    private final int exitCode;
    private final byte[] output;
    private final String errorTail;

    Result(int exitCode, byte[] output, String errorTail) {
      this.exitCode = exitCode;
      this.output = output;
      this.errorTail = errorTail;
    }

    /** Zero, or one that {@link #accepting} allowed. */
    public int exitCode() {
      return exitCode;
    }

    /** What the program printed; empty where it went to a callback. */
    public byte[] output() {
      return output.clone();
    }

    /** The same as UTF-8, without white space at the end. */
    public String text() {
      return new String(output, UTF_8).stripTrailing();
    }

    /** The last of what the program wrote to its standard error. */
    public String errorTail() {
      return errorTail;
    }
  }

  private final List<String> argv;
  private Map<String, String> environment = Map.of();
  private Optional<Path> directory = Optional.empty();
  private Duration timeLimit = DEFAULT_TIME_LIMIT;
  private int outputLimit = DEFAULT_OUTPUT_LIMIT;
  private Set<Integer> exitCodes = Set.of(0);
  private Optional<InputWriter> input = Optional.empty();
  private Optional<OutputReader> output = Optional.empty();

  private Command(List<String> argv) {
    this.argv = List.copyOf(argv);
    if (argv.isEmpty() || argv.get(0).isEmpty()) {
      throw new IllegalArgumentException("a command without a program");
    }
  }

  private Command(Command from) {
    this.argv = from.argv;
    this.environment = from.environment;
    this.directory = from.directory;
    this.timeLimit = from.timeLimit;
    this.outputLimit = from.outputLimit;
    this.exitCodes = from.exitCodes;
    this.input = from.input;
    this.output = from.output;
  }

  /**
   * The program, and its arguments.
   *
   * <p>A program without a slash is looked for in {@code PATH}, then in the system's {@code sbin}
   * directories, which an administrator's {@code PATH} doesn't always have.
   */
  public static Command of(String... argv) {
    return new Command(List.of(argv));
  }

  /** The same from a list. */
  public static Command of(List<String> argv) {
    return new Command(argv);
  }

  /** With these variables beside the environment that this process has. */
  public Command environment(Map<String, String> variables) {
    Command copy = new Command(this);
    copy.environment = Map.copyOf(variables);
    return copy;
  }

  /** In that working directory. */
  public Command directory(Path directory) {
    Command copy = new Command(this);
    copy.directory = Optional.of(directory);
    return copy;
  }

  /** With that much time until the group is ended, output read and all. */
  public Command timeLimit(Duration limit) {
    Command copy = new Command(this);
    copy.timeLimit = limit;
    return copy;
  }

  /** With a failure when the program prints more than so many bytes. */
  public Command outputLimit(int bytes) {
    Command copy = new Command(this);
    copy.outputLimit = bytes;
    return copy;
  }

  /** With these exit codes taken as success beside 0. */
  public Command accepting(Integer... codes) {
    Command copy = new Command(this);
    Set<Integer> all = new HashSet<>(List.of(codes));
    all.add(0);
    copy.exitCodes = Set.copyOf(all);
    return copy;
  }

  /** With these bytes to read; without any of the input methods there is nothing to read. */
  public Command input(byte[] content) {
    byte[] copy = content.clone();
    return input(stream -> stream.write(copy));
  }

  /** With what the callback writes. */
  public Command input(InputWriter writer) {
    Command copy = new Command(this);
    copy.input = Optional.of(writer);
    return copy;
  }

  /** With output handed to the callback as it comes, instead of collected. */
  public Command output(OutputReader reader) {
    Command copy = new Command(this);
    copy.output = Optional.of(reader);
    return copy;
  }

  /** With output handed on line by line. */
  public Command outputLines(LineReader reader) {
    return output(
        stream -> {
          BufferedReader lines = new BufferedReader(new InputStreamReader(stream, UTF_8));
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            reader.accept(line);
          }
        });
  }

  /** The program and its arguments. */
  public List<String> argv() {
    return argv;
  }

  /**
   * Runs the program and waits for its end.
   *
   * @throws CommandException if it isn't installed, exits with a code that isn't accepted, doesn't
   *     end in time or prints too much, if a callback fails, or if this thread is interrupted
   *     (whose interrupt flag is set then)
   */
  public Result run() throws CommandException {
    return new CommandRun(this).run();
  }

  Map<String, String> environment() {
    return environment;
  }

  Optional<Path> directory() {
    return directory;
  }

  Duration timeLimit() {
    return timeLimit;
  }

  int outputLimit() {
    return outputLimit;
  }

  boolean accepts(int exitCode) {
    return exitCodes.contains(exitCode);
  }

  Optional<InputWriter> input() {
    return input;
  }

  Optional<OutputReader> output() {
    return output;
  }
}

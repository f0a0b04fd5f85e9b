package dev.tiu.e2e.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One process of QEMU, from start to end, with its QMP socket (QEMU's {@code
 * docs/interop/qmp-spec}).
 *
 * <p>It is run as any program is, by {@link Command}: so it ends with this Java machine, however
 * that ends.
 */
final class Qemu implements AutoCloseable {
  /** Longer than any test's machine runs. */
  private static final Duration LONGEST_RUN = Duration.ofHours(6);

  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final Thread thread;
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private final CompletableFuture<Boolean> greeting = new CompletableFuture<>();
  private final Map<String, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile Optional<String> shutdownReason = Optional.empty();
  private Optional<LineSocket> qmp = Optional.empty();

  private Qemu(Path directory, List<String> argv) {
    this.directory = directory;
    this.thread = new Thread(() -> run(argv), "qemu in " + directory);
    thread.setDaemon(true);
  }

  /**
   * Starts it and waits until it can be talked to.
   *
   * @param directory for its sockets, {@code qmp} and those that are named in the arguments
   */
  static Qemu start(Path directory, List<String> argv) throws IOException {
    Files.deleteIfExists(directory.resolve("pid"));
    Files.deleteIfExists(directory.resolve("qmp"));
    Qemu qemu = new Qemu(directory, argv);
    qemu.thread.start();
    boolean started = false;
    try {
      qemu.connect();
      started = true;
      return qemu;
    } finally {
      if (!started) {
        qemu.close();
      }
    }
  }

  private void run(List<String> argv) {
    try {
      Command.of(argv).timeLimit(LONGEST_RUN).run();
      end.complete("");
    } catch (CommandException e) {
      end.complete(String.valueOf(e.getMessage()));
    }
  }

  private void connect() throws IOException {
    qmp = Optional.of(open("qmp", this::receive));
    await(greeting, "QEMU's greeting");
    JsonNode unused = ask("qmp_capabilities", Map.of());
  }

  /** Connects to a socket that QEMU makes, as soon as it has. */
  LineSocket open(String name, Consumer<String> reader) throws IOException {
    Deadline deadline = Deadline.in(ANSWER);
    while (true) {
      try {
        return LineSocket.connect(directory.resolve(name), reader);
      } catch (IOException e) {
        if (end.isDone() || deadline.isOver()) {
          throw new MachineException("QEMU didn't start: " + end.getNow("no socket " + name), e);
        }
        Deadline.pause(20, "as a machine starts");
      }
    }
  }

  private void receive(String line) {
    try {
      JsonNode message = JSON.readTree(line);
      if (message.has("QMP")) {
        greeting.complete(true);
      } else if (message.path("event").asText().equals("SHUTDOWN")) {
        shutdownReason = Optional.of(message.path("data").path("reason").asText());
      } else if (message.has("id")) {
        CompletableFuture<JsonNode> answer = answers.remove(message.path("id").asText());
        if (answer != null) {
          answer.complete(message);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("QEMU said what is no JSON: " + line, e);
    }
  }

  /** Carries out a command of QMP and gives what it returns. */
  JsonNode ask(String command, Map<String, Object> arguments) throws IOException {
    String id = Integer.toString(requests.incrementAndGet());
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    qmp.orElseThrow()
        .send(
            JSON.writeValueAsString(Map.of("execute", command, "arguments", arguments, "id", id)));
    JsonNode message = await(answer, "QEMU's answer to " + command);
    if (message.has("error")) {
      throw new MachineException(command + ": " + message.path("error"));
    }
    return message.path("return");
  }

  private <T> T await(CompletableFuture<T> future, String what) throws IOException {
    try {
      return future.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new MachineException(what + " didn't come; " + end.getNow("QEMU runs"), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MachineException("interrupted while waiting for " + what, e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean runs() {
    return !end.isDone();
  }

  /** What it said when it ended; empty if it ended well. */
  String lastWords() {
    return end.getNow("");
  }

  /** Why the guest stopped, in QMP's words ({@code RunState}'s ShutdownCause), if it has. */
  Optional<String> shutdownReason() {
    return shutdownReason;
  }

  /** Waits for the process to end. */
  boolean awaitEnd(Duration limit) {
    try {
      thread.join(limit.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }

  /** As pulling the plug: SIGKILL, to this process by its id. */
  void kill() throws IOException {
    Path pidFile = directory.resolve("pid");
    if (runs() && Files.exists(pidFile)) {
      long pid = Long.parseLong(Files.readString(pidFile).strip());
      ProcessHandle.of(pid)
          .ifPresent(
              process -> {
                boolean unused = process.destroyForcibly();
              });
    }
    close();
  }

  /** Ends the process, and waits for that. */
  @Override
  public void close() throws IOException {
    if (!awaitEnd(Duration.ofMillis(500))) {
      thread.interrupt();
      boolean unused = awaitEnd(Duration.ofSeconds(30));
    }
    if (qmp.isPresent()) {
      qmp.get().close();
    }
  }
}

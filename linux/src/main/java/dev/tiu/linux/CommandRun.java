package dev.tiu.linux;

import dev.tiu.linux.CommandException.Exited;
import dev.tiu.linux.CommandException.Failure;
import dev.tiu.linux.CommandException.InputFailed;
import dev.tiu.linux.CommandException.Interrupted;
import dev.tiu.linux.CommandException.NotInstalled;
import dev.tiu.linux.CommandException.NotStarted;
import dev.tiu.linux.CommandException.OutputFailed;
import dev.tiu.linux.CommandException.TimedOut;
import dev.tiu.linux.CommandException.TooMuchOutput;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One run of a {@link Command}: the process, and a thread for each of its streams. */
final class CommandRun {
  private static final int TAIL_BYTES = 8192;
  private static final long CALLBACK_PATIENCE_MILLIS = 2000;

  private final Command command;
  private final OutputTail errors = new OutputTail(TAIL_BYTES);
  private final BoundedOutput collected;
  private final List<Thread> threads = new ArrayList<>();

  /** Noted before the program sees its input end: its complaint about that is a consequence. */
  private volatile Optional<IOException> inputFailure = Optional.empty();

  CommandRun(Command command) {
    this.command = command;
    this.collected = new BoundedOutput(command.outputLimit());
  }

  Command.Result run() throws CommandException {
    Process process = start();
    ProcessGroup group = new ProcessGroup(process);
    Thread atShutdown = new Thread(group::end, "end of " + command.argv().get(0));
    boolean hooked = hook(atShutdown);
    boolean endedWell = false;
    try {
      Command.Result result = await(process);
      endedWell = true;
      return result;
    } finally {
      if (!endedWell) {
        group.end();
        endThreads();
      }
      close(process);
      if (hooked) {
        unhook(atShutdown);
      }
    }
  }

  private Process start() throws CommandException {
    ProcessBuilder builder = new ProcessBuilder();
    Map<String, String> environment = builder.environment();
    environment.put("LC_ALL", "C.UTF-8");
    environment.putAll(command.environment());
    String searchPath = environment.getOrDefault("PATH", "/usr/bin:/bin");
    List<String> argv = new ArrayList<>();
    String program = find(command.argv().get(0), searchPath);
    argv.add(find("setpriv", searchPath));
    argv.addAll(List.of("--pdeathsig", "KILL", "--", find("setsid", searchPath), "--", program));
    argv.addAll(command.argv().subList(1, command.argv().size()));
    builder.command(argv);
    command.directory().map(Path::toFile).ifPresent(builder::directory);
    if (command.input().isEmpty()) {
      builder.redirectInput(new File("/dev/null"));
    }
    try {
      return builder.start();
    } catch (IOException e) {
      throw new CommandException(command.argv(), new NotStarted(), "", e);
    }
  }

  private String find(String program, String searchPath) throws CommandException {
    return Programs.find(program, searchPath)
        .map(Path::toString)
        .orElseThrow(
            () ->
                new CommandException(
                    program.equals(command.argv().get(0)) ? command.argv() : List.of(program),
                    new NotInstalled(Programs.debianPackage(program)),
                    ""));
  }

  /**
   * Waits, in the thread that started the process: that thread must live as long as the process,
   * for the kernel takes its end for the parent's death.
   */
  private Command.Result await(Process process) throws CommandException {
    long deadline = System.nanoTime() + command.timeLimit().toNanos();
    CompletableFuture<Void> errorsRead =
        inThread("errors", new OutputFailed(), () -> errors.readFrom(process.getErrorStream()));
    CompletableFuture<Void> outputRead =
        inThread("output", new OutputFailed(), () -> readOutput(process.getInputStream()));
    CompletableFuture<Void> inputWritten =
        inThread("input", new InputFailed(), () -> writeInput(process.getOutputStream()));
    try {
      CompletableFuture<Void> ended =
          CompletableFuture.allOf(process.onExit(), outputRead, errorsRead);
      // A callback that fails doesn't wait for the program's end, nor the program for a callback.
      CompletableFuture.anyOf(
              ended, failureOf(outputRead), failureOf(inputWritten), failureOf(errorsRead))
          .get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      int code = process.exitValue();
      if (!command.accepts(code)) {
        throw inputFailure.isPresent()
            ? failureOf(new InputFailed(), inputFailure.get())
            : failure(new Exited(code));
      }
      inputWritten.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      return new Command.Result(code, collected.toByteArray(), errors.text());
    } catch (TimeoutException e) {
      throw failure(new TimedOut(command.timeLimit()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(new Interrupted());
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  /** Completes, and exceptionally, only when that part fails. */
  private static CompletableFuture<Void> failureOf(CompletableFuture<Void> part) {
    CompletableFuture<Void> failure = new CompletableFuture<>();
    part.exceptionally(
        thrown -> {
          failure.completeExceptionally(thrown);
          return null;
        });
    return failure;
  }

  private void readOutput(InputStream output) throws IOException {
    if (command.output().isPresent()) {
      command.output().get().readFrom(output);
      output.transferTo(OutputStream.nullOutputStream());
    } else {
      output.transferTo(collected);
    }
  }

  private void writeInput(OutputStream stream) throws IOException {
    if (command.input().isEmpty()) {
      return;
    }
    ProgramInput input = new ProgramInput(stream);
    try (input) {
      write(command.input().get(), input);
    } catch (IOException e) {
      // The program stopped reading: whether that was right its exit code will tell.
      if (!input.isBroken()) {
        throw e;
      }
    }
  }

  private void write(Command.InputWriter writer, ProgramInput input) throws IOException {
    try {
      writer.writeTo(input);
    } catch (IOException e) {
      if (!input.isBroken()) {
        inputFailure = Optional.of(e);
      }
      throw e;
    }
  }

  /** What a stream's thread does. */
  @FunctionalInterface
  private interface StreamTask {
    void run() throws IOException;
  }

  private CompletableFuture<Void> inThread(String stream, Failure onFailure, StreamTask task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
                done.complete(null);
              } catch (BoundedOutput.LimitException e) {
                done.completeExceptionally(failure(new TooMuchOutput(command.outputLimit())));
              } catch (IOException e) {
                done.completeExceptionally(failureOf(onFailure, e));
              } catch (Throwable e) {
                done.completeExceptionally(e);
              }
            },
            command.argv().get(0) + " " + stream);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
    return done;
  }

  private CommandException failureOf(Failure failure, IOException cause) {
    return new CommandException(command.argv(), failure, errors.text(), cause);
  }

  private CommandException failure(Failure failure) {
    return new CommandException(command.argv(), failure, errors.text());
  }

  /** What a callback threw: its own unchecked exceptions go on as they are. */
  private static CommandException failure(@Nullable Throwable cause) {
    if (cause instanceof CommandException known) {
      return known;
    } else if (cause instanceof RuntimeException unchecked) {
      throw unchecked;
    } else if (cause instanceof Error error) {
      throw error;
    }
    throw new IllegalStateException(cause);
  }

  /** Lets no callback run on after the run's end, as far as it hears an interrupt. */
  private void endThreads() {
    boolean interrupted = Thread.interrupted();
    for (Thread thread : threads) {
      thread.interrupt();
      try {
        thread.join(CALLBACK_PATIENCE_MILLIS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean hook(Thread thread) {
    try {
      Runtime.getRuntime().addShutdownHook(thread);
      return true;
    } catch (IllegalStateException shuttingDown) {
      return false;
    }
  }

  private static void unhook(Thread thread) {
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException shuttingDown) {
      // The hook runs, and finds nothing to end.
    }
  }

  private static void close(Process process) {
    try {
      process.getOutputStream().close();
      process.getInputStream().close();
      process.getErrorStream().close();
    } catch (IOException e) {
      // Bytes that the ended program will never read.
    }
  }
}

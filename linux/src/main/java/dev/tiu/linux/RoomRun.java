package dev.tiu.linux;

import dev.tiu.linux.CommandException.Exited;
import dev.tiu.linux.CommandException.TimedOut;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * One run of a program in a {@link Room}.
 *
 * <p>A thread of its own gets a mount namespace, mounts the room and starts this row of programs,
 * each the parent or the predecessor of the next:
 *
 * <pre>
 * unshare   PID, IPC, UTS, network; ends the next one when it is ended itself
 * sh        PID 1 there: lends the program ordinary signals, and gives a signal as an exit code
 * setpriv   gives up what concerns the whole machine: its clock, its modules, its ports
 * env       the environment
 * unshare   mounts /proc, changes the root
 * program
 * </pre>
 */
final class RoomRun {
  private static final String INIT = "exec 2>&1; \"$@\"; exit $?";
  private static final String DROPPED = "-sys_module,-sys_rawio,-sys_boot,-sys_time";

  private static final int CANNOT_EXECUTE = 126;
  private static final int NOT_FOUND = 127;
  private static final String EXEC_FAILED = "unshare: failed to execute ";

  /** How their complaints begin; a program's own would have its own name. */
  private static final List<String> HELPERS = List.of("unshare: ", "setpriv: ", "env: ");

  private final Room room;
  private final List<String> argv;
  private final OutputTail output;

  RoomRun(Room room, List<String> argv) {
    this.room = room;
    this.argv = argv;
    this.output = new OutputTail(room.outputLimit());
  }

  RoomOutcome run() throws IOException {
    FutureTask<RoomOutcome> task = new FutureTask<>(this::runInOwnNamespace);
    Thread thread = new Thread(task, "room for " + argv.get(0));
    thread.start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          // The program is ended then, which is waited for.
          interrupted = true;
          thread.interrupt();
        }
      }
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static IOException failure(@Nullable Throwable cause) {
    if (cause instanceof IOException known) {
      return known;
    } else if (cause instanceof RuntimeException unchecked) {
      throw unchecked;
    } else if (cause instanceof Error error) {
      throw error;
    }
    throw new IllegalStateException(cause);
  }

  private RoomOutcome runInOwnNamespace() throws IOException {
    try (RoomMounts mounts = RoomMounts.make(room)) {
      Command.of(commandLine(mounts)).timeLimit(room.timeLimit()).output(output::readFrom).run();
      return new RoomOutcome.Ended(0, output.text());
    } catch (CommandException e) {
      return outcome(e);
    }
  }

  private List<String> commandLine(RoomMounts mounts) throws LinuxException {
    List<String> line = new ArrayList<>();
    line.addAll(List.of("unshare", "--pid", "--ipc", "--uts", "--net", "--fork", "--kill-child"));
    line.addAll(List.of("--", "sh", "-c", INIT, "sh"));
    line.addAll(List.of("setpriv", "--bounding-set=" + DROPPED, "--"));
    line.addAll(List.of("env", "-i", "PATH=" + RoomProgram.SEARCH_PATH, "LANG=C.UTF-8"));
    room.environment().forEach((name, value) -> line.add(name + "=" + value));
    line.add("unshare");
    if (mounts.hasProc()) {
      line.add("--mount-proc");
    }
    line.addAll(List.of("--root=" + mounts.point(), "--wd=/", "--"));
    line.addAll(argv);
    return line;
  }

  private RoomOutcome outcome(CommandException e) throws IOException {
    if (e.failure() instanceof TimedOut timedOut) {
      return new RoomOutcome.TimedOut(timedOut.limit(), output.text());
    }
    // What the first unshare says comes before the streams are one.
    if (!(e.failure() instanceof Exited exited) || !e.errorTail().isBlank()) {
      throw e;
    }
    int code = exited.code();
    String said = output.text();
    if ((code == CANNOT_EXECUTE || code == NOT_FOUND) && said.startsWith(EXEC_FAILED)) {
      return new RoomOutcome.CannotRun(said.substring(EXEC_FAILED.length()).strip());
    } else if (code == 1 && HELPERS.stream().anyMatch(said::startsWith)) {
      throw new IOException("no room for %s: %s".formatted(argv.get(0), said.strip()), e);
    }
    return new RoomOutcome.Ended(code, said);
  }
}

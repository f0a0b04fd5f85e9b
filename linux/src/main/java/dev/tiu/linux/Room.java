package dev.tiu.linux;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A root file system that programs are run in: they see that tree, and no other of the machine.
 *
 * <p>The root is a btrfs subvolume, with what is nested in it. It is mounted for the program alone,
 * in a mount namespace of its own, read-only but for the directories that {@link #writable} names.
 * The program has new PID, IPC, UTS and network namespaces too, so that it sees no process and no
 * network, and whatever it starts ends with it. It has a {@code /proc}, a read-only {@code /sys}, a
 * {@code /dev} with the harmless devices, and empty {@code /run}, {@code /tmp} and {@code /var/tmp}
 * in memory, each where the root has a directory for it and not a link. Its environment is {@code
 * PATH} and {@code LANG=C.UTF-8} and what {@link #environment} adds, its standard input empty.
 *
 * <p>A room keeps accidents in, and not a program that wants out: that one runs as root, and comes
 * from an image that is going to be booted. It needs util-linux, coreutils and a shell on the
 * machine, nothing in the root.
 *
 * <p>A room is a value: each method that changes something gives a new one. The handles that it was
 * made of must stay open while a program runs.
 */
public final class Room {
  /** How long a program may run when nothing else is said. */
  public static final Duration DEFAULT_TIME_LIMIT = Command.DEFAULT_TIME_LIMIT;

  /** How much of a program's output is kept when nothing else is said. */
  public static final int DEFAULT_OUTPUT_LIMIT = 64 << 10;

  /** Another subvolume that the room shows. */
  record Shown(Dir subvolume, BytePath place, Access access) {}

  private final Dir root;
  private final List<BytePath> writable;
  private final List<Shown> shown;
  private final SortedMap<String, String> environment;
  private final Duration timeLimit;
  private final int outputLimit;

  private Room(
      Dir root,
      List<BytePath> writable,
      List<Shown> shown,
      Map<String, String> environment,
      Duration timeLimit,
      int outputLimit) {
    this.root = root;
    this.writable = List.copyOf(writable);
    this.shown = List.copyOf(shown);
    this.environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    this.timeLimit = timeLimit;
    this.outputLimit = outputLimit;
  }

  /** The room with that root, a subvolume, in which a program can write to memory only. */
  public static Room of(Dir root) {
    return new Room(root, List.of(), List.of(), Map.of(), DEFAULT_TIME_LIMIT, DEFAULT_OUTPUT_LIMIT);
  }

  /**
   * With that directory of the root writable, as far as btrfs lets it be: in a read-only subvolume
   * nothing is. What it says to {@code tmp}, {@code var/tmp} or {@code run} counts: they are the
   * root's own then.
   */
  public Room writable(BytePath directory) {
    List<BytePath> more = new ArrayList<>(writable);
    more.add(directory);
    return new Room(root, more, shown, environment, timeLimit, outputLimit);
  }

  /**
   * With another subvolume of the same file system shown there, read-only, as the booted system
   * will have it. Where the root has no such directory it isn't.
   */
  public Room showing(Dir subvolume, BytePath place) {
    return with(new Shown(subvolume, place, Access.READ_ONLY));
  }

  /**
   * With another subvolume of the same file system there, writable: for what the program makes, and
   * for temporary files that may be too large for memory. It goes before what is in memory there.
   */
  public Room lending(Dir subvolume, BytePath place) {
    return with(new Shown(subvolume, place, Access.WRITABLE));
  }

  private Room with(Shown one) {
    List<Shown> more = new ArrayList<>(shown);
    more.add(one);
    return new Room(root, writable, more, environment, timeLimit, outputLimit);
  }

  /** With that variable in each program's environment; {@code PATH} and {@code LANG} too. */
  public Room environment(String name, String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0) {
      throw new IllegalArgumentException("no name of a variable: " + name);
    }
    SortedMap<String, String> more = new TreeMap<>(environment);
    more.put(name, value);
    return new Room(root, writable, shown, more, timeLimit, outputLimit);
  }

  /** With that much time for each program. */
  public Room timeLimit(Duration limit) {
    return new Room(root, writable, shown, environment, limit, outputLimit);
  }

  /** With so many bytes of output kept, the last ones. */
  public Room outputLimit(int bytes) {
    return new Room(root, writable, shown, environment, timeLimit, bytes);
  }

  /** Whether the root has a program of that name; starts nothing. */
  public boolean has(String program) throws IOException {
    return RoomProgram.find(root, program).isPresent();
  }

  /**
   * Runs a program of the root's.
   *
   * @param argv the program, with a path in the root or without a slash, and its arguments
   * @throws IOException if the room can't be made: a namespace, a mount, or a tool of the machine's
   *     fails, or {@link #writable} names no directory; or if this thread is interrupted
   */
  public RoomOutcome run(List<String> argv) throws IOException {
    Optional<RoomProgram> program = RoomProgram.find(root, argv.get(0));
    if (program.isEmpty()) {
      return new RoomOutcome.NotThere();
    } else if (program.get().isForeign()) {
      return new RoomOutcome.CannotRun(program.get().path() + ": built for another machine");
    }
    List<String> exact = new ArrayList<>(argv);
    exact.set(0, program.get().path());
    return new RoomRun(this, exact).run();
  }

  Dir root() {
    return root;
  }

  List<BytePath> writable() {
    return writable;
  }

  List<Shown> shown() {
    return shown;
  }

  SortedMap<String, String> environment() {
    return environment;
  }

  Duration timeLimit() {
    return timeLimit;
  }

  int outputLimit() {
    return outputLimit;
  }
}

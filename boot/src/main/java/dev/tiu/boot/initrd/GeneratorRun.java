package dev.tiu.boot.initrd;

import dev.tiu.boot.BootException;
import dev.tiu.boot.Scratch;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Room;
import dev.tiu.linux.RoomOutcome;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A generator at work in a room, with a subvolume of its own for what it writes.
 *
 * <p>A generator unpacks what goes into an initrd: some hundred MiB for a general kernel, which a
 * machine with 512 MiB of memory hasn't. So its temporary files lie on the disk, in a subvolume
 * that is gone when this is closed, and mostly before btrfs has written it.
 */
final class GeneratorRun implements AutoCloseable {
  private static final BytePath SCRATCH = BytePath.of(".initrd-scratch");
  private static final int OUTPUT_LIMIT = 1 << 20;

  /**
   * What a run came to.
   *
   * @param failure one line, if it failed
   */
  record Result(String generator, String log, Optional<String> failure) {}

  private final Dir root;
  private final InitrdSettings settings;
  private final Scratch scratch;

  private GeneratorRun(Dir root, InitrdSettings settings, Scratch scratch) {
    this.root = root;
    this.settings = settings;
    this.scratch = scratch;
  }

  static GeneratorRun of(Dir root, Dir kept, InitrdSettings settings) throws IOException {
    Scratch scratch =
        Scratch.make(root, kept, SCRATCH)
            .orElseThrow(
                () ->
                    new BootException(
                        "The snapshot has neither /var/tmp nor /tmp",
                        "No initrd can be made in it, so it isn't made to boot; what boots now"
                            + " stays.",
                        "Make the image with those directories."));
    return new GeneratorRun(root, settings, scratch);
  }

  /** Where it writes, with the result as {@link InitrdGenerator#OUTPUT}. */
  Dir scratch() {
    return scratch.dir();
  }

  Result run(String version) throws IOException {
    BytePath place = scratch.place();
    InitrdGenerator generator = generator();
    List<String> argv = generator.argv(version, "/" + place, settings.coverage());
    RoomOutcome outcome =
        scratch
            .room()
            .timeLimit(settings.timeLimit())
            .outputLimit(OUTPUT_LIMIT)
            .environment("TMPDIR", "/" + place)
            .environment("SOURCE_DATE_EPOCH", Long.toString(settings.time().getEpochSecond()))
            .run(argv);
    String command = String.join(" ", argv);
    if (outcome instanceof RoomOutcome.Ended ended) {
      return new Result(
          generator.label(),
          "$ %s\n%s(exit code %d)\n".formatted(command, lines(ended.output()), ended.exitCode()),
          ended.exitCode() == 0
              ? Optional.empty()
              : Optional.of(
                  "%s failed with exit code %d for kernel %s%s"
                      .formatted(
                          generator.label(), ended.exitCode(), version, last(ended.output()))));
    } else if (outcome instanceof RoomOutcome.TimedOut late) {
      String what =
          "%s hadn't ended after %d seconds for kernel %s, and was ended%s"
              .formatted(generator.label(), late.limit().toSeconds(), version, last(late.output()));
      return new Result(
          generator.label(),
          "$ %s\n%s(ended after %d seconds)\n"
              .formatted(command, lines(late.output()), late.limit().toSeconds()),
          Optional.of(what));
    }
    String reason =
        outcome instanceof RoomOutcome.CannotRun cannot ? cannot.reason() : "it isn't there";
    return new Result(
        generator.label(),
        "$ %s\n(can't be run: %s)\n".formatted(command, reason),
        Optional.of("%s can't be run: %s".formatted(generator.label(), reason)));
  }

  private InitrdGenerator generator() throws IOException {
    Optional<InitrdGenerator> found =
        settings.generator().isPresent()
            ? settings.generator()
            : InitrdGenerator.find(Room.of(root));
    return found.orElseThrow(
        () ->
            new BootException(
                "The snapshot has no program that makes initrds (%s)"
                    .formatted(InitrdGenerator.all()),
                "Without an initrd it isn't made to boot; what boots now stays.",
                "Add one to the image, or make the image by `tiu create` with --initrd image or"
                    + " none."));
  }

  private static String lines(String output) {
    return output.isEmpty() || output.endsWith("\n") ? output : output + "\n";
  }

  /** What it said last is mostly why; the sentence that it becomes part of has its own end. */
  private static String last(String output) {
    return output
        .strip()
        .lines()
        .reduce((first, second) -> second)
        .map(line -> ": " + line.strip().replaceAll("\\.+$", ""))
        .orElse("");
  }

  @Override
  public void close() throws IOException {
    scratch.close();
  }
}

package dev.tiu;

import dev.tiu.boot.cmdline.ArgumentEdit;
import dev.tiu.boot.cmdline.CommandLine;
import dev.tiu.boot.cmdline.DeviceArguments;
import dev.tiu.boot.cmdline.KernelArgument;
import dev.tiu.boot.cmdline.KernelArguments;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tiu kargs}. */
@Command(
    name = "kargs",
    description =
        "Show the kernel's command line and where each argument comes from, or change what this"
            + " device says of it. Changes are kept over updates.",
    mixinStandardHelpOptions = true)
final class KargsCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private DeviceOptions.Lock lock;
  @Mixin private JsonOption json;

  @Option(
      names = "--append",
      paramLabel = "ARG",
      description = "Add NAME or NAME=VALUE, unless just that is there. May be repeated.")
  private List<KernelArgument> append = List.of();

  @Option(
      names = "--delete",
      paramLabel = "ARG",
      description =
          "Take away NAME, whatever its value, or NAME=VALUE; of later images too. May be repeated.")
  private List<KernelArgument> delete = List.of();

  @Option(
      names = "--replace",
      paramLabel = "ARG",
      description = "Put NAME=VALUE in the place of all of that name. May be repeated.")
  private List<KernelArgument> replace = List.of();

  KargsCommand(Context context) {
    this.context = context;
  }

  private record ArgumentView(String argument, String origin, String source) {}

  private record Result(int snapshot, String commandLine, List<ArgumentView> arguments) {}

  @Override
  public Integer call() throws IOException {
    boolean changes = !append.isEmpty() || !delete.isEmpty() || !replace.isEmpty();
    try (Device target = device.open();
        SnapshotStore store = target.snapshots()) {
      if (changes) {
        lock.hold(target, "kargs", () -> change(store));
      } else {
        try (EtcPlace etc = EtcPlace.ofRunning(store)) {
          print(etc.number(), edit(store, etc).commandLine());
        }
      }
    }
    return ExitCode.OK.number();
  }

  private void change(SnapshotStore store) throws IOException {
    try (EtcPlace etc = EtcPlace.ofRunning(store)) {
      ArgumentEdit edit = edit(store, etc);
      try {
        for (KernelArgument argument : delete) {
          edit.delete(argument);
        }
        for (KernelArgument argument : replace) {
          edit.replace(argument);
        }
        for (KernelArgument argument : append) {
          edit.append(argument);
        }
        KernelArguments unused =
            edit.commandLine().arguments().requireFits(record(store, etc).architecture());
      } catch (IllegalArgumentException e) {
        throw new UsageException(String.valueOf(e.getMessage()));
      }
      edit.write(etc.live());
      print(etc.number(), edit.commandLine());
      context
          .console()
          .note(
              "It counts from the next boot entry that is written: an update's, or this snapshot's when"
                  + " `tiu rollback` comes back to it from another one.");
    }
  }

  private static ArgumentEdit edit(SnapshotStore store, EtcPlace etc) throws IOException {
    return new ArgumentEdit(
        SnapshotArguments.root(etc.place(), etc.number()),
        SnapshotArguments.ofImage(record(store, etc)),
        DeviceArguments.read(etc.live()));
  }

  private static RecordedBoot record(SnapshotStore store, EtcPlace etc) throws IOException {
    return RecordedBoot.of(store, store.find(etc.number()).orElseThrow());
  }

  private void print(int number, CommandLine line) {
    if (json.isOn()) {
      List<ArgumentView> views =
          line.lines().stream()
              .map(
                  one ->
                      new ArgumentView(
                          one.argument().toString(),
                          one.origin().name().toLowerCase(Locale.ROOT),
                          one.source()))
              .toList();
      context.console().json(new Result(number, line.arguments().toString(), views));
      return;
    }
    int width =
        line.lines().stream().mapToInt(one -> one.argument().toString().length()).max().orElse(0);
    for (CommandLine.Line one : line.lines()) {
      context
          .console()
          .print("%s  %s".formatted(padded(one.argument().toString(), width), one.source()));
    }
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}

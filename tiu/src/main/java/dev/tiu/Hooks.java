package dev.tiu;

import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import dev.tiu.linux.ProgramFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Programs of the admin's that are run at certain moments: {@code /etc/tiu/hooks.d/MOMENT/*}, in
 * the order of their names. docs/health.md has what they are told.
 */
final class Hooks {
  private static final Duration TIME_LIMIT = Duration.ofMinutes(10);

  /** When they are run. */
  enum Moment {
    PRE_UPDATE("pre-update"),
    POST_UPDATE("post-update"),
    PRE_REBOOT("pre-reboot"),
    GOOD("good"),
    BAD("bad");

    private final String label;

    Moment(String label) {
      this.label = label;
    }
  }

  private final Path root;
  private final Console console;

  /** Of the system below that directory. */
  Hooks(Path root, Console console) {
    this.root = root;
    this.console = console;
  }

  /**
   * Runs those that may stop what comes: the first that fails does, and the others aren't run.
   *
   * @param told beside the environment of tiu
   */
  void require(Moment moment, Map<String, String> told) throws IOException {
    for (Path hook : all(moment)) {
      try {
        run(hook, moment, told);
      } catch (CommandException e) {
        throw new HookException(
            "the hook %s doesn't want %s. Nothing was changed by that: %s"
                .formatted(
                    hook,
                    moment == Moment.PRE_REBOOT ? "a reboot now" : "an update now",
                    e.getMessage()),
            e);
      }
    }
  }

  /** Runs those that only hear of it: one that fails is noted. */
  void tell(Moment moment, Map<String, String> told) {
    List<Path> hooks;
    try {
      hooks = all(moment);
    } catch (IOException e) {
      console.note("Hooks can't be read: " + e.getMessage());
      return;
    }
    for (Path hook : hooks) {
      try {
        run(hook, moment, told);
      } catch (CommandException e) {
        console.note("The hook %s failed: %s".formatted(hook, e.getMessage()));
      }
    }
  }

  private void run(Path hook, Moment moment, Map<String, String> told) throws CommandException {
    SortedMap<String, String> environment = new TreeMap<>(told);
    environment.put("TIU_HOOK", moment.label);
    Command.Result unused =
        Command.of(hook.toString())
            .environment(environment)
            .timeLimit(TIME_LIMIT)
            .outputLines(line -> console.note(hook.getFileName() + ": " + line))
            .run();
  }

  private List<Path> all(Moment moment) throws IOException {
    return ProgramFiles.of(root.resolve("etc/tiu/hooks.d").resolve(moment.label));
  }
}

package dev.tiu.health;

import dev.tiu.health.probe.CommandProbe;
import dev.tiu.linux.ProgramFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Checks that are scripts, where openSUSE's health-checker and Fedora's greenboot have them.
 *
 * <pre>
 * usr/libexec/health-checker/*            run with "check"; with "stop" before a bad system is left
 * {usr/lib,etc}/greenboot/check/required.d/*.sh
 * {usr/lib,etc}/greenboot/check/wanted.d/*.sh
 * {usr/lib,etc}/greenboot/{green.d,red.d}/*.sh    after the verdict
 * </pre>
 *
 * <p>Those of one directory run one after the other, by name, as their authors expect. Of two of
 * greenboot's with the same name the one in /etc counts; a link to /dev/null or an empty file is
 * none.
 *
 * @param root of the system
 */
public record HealthScripts(Path root, Duration timeLimit) {
  /**
   * What a script gets when nobody says anything else; greenboot and health-checker know no limit.
   */
  public static final Duration USUAL_LIMIT = Duration.ofMinutes(5);

  private static final String HEALTH_CHECKER = "usr/libexec/health-checker";
  private static final List<String> GREENBOOT = List.of("usr/lib/greenboot", "etc/greenboot");

  /** All that are there, as checks. */
  public List<Check> checks() throws IOException {
    List<Check> checks = new ArrayList<>();
    for (Path script : healthCheckers()) {
      checks.add(check("health-checker", Importance.REQUIRED, script, List.of("check")));
    }
    for (Path script : greenboot("check/required.d")) {
      checks.add(check("greenboot-required", Importance.REQUIRED, script, List.of()));
    }
    for (Path script : greenboot("check/wanted.d")) {
      checks.add(check("greenboot-wanted", Importance.WANTED, script, List.of()));
    }
    return checks;
  }

  /** What is run when a system has proved itself. */
  public List<List<String>> whenGood() throws IOException {
    return commands(greenboot("green.d"), List.of());
  }

  /** What is run before a bad system is left. */
  public List<List<String>> whenBad() throws IOException {
    List<List<String>> commands = new ArrayList<>();
    commands.addAll(commands(healthCheckers(), List.of("stop")));
    commands.addAll(commands(greenboot("red.d"), List.of()));
    return commands;
  }

  private Check check(String lane, Importance importance, Path script, List<String> arguments) {
    List<String> argv = new ArrayList<>(List.of(script.toString()));
    argv.addAll(arguments);
    Patience patience = new Patience(timeLimit, 1, Patience.USUAL.pause(), Patience.USUAL.settle());
    return new Check(
        lane + "/" + script.getFileName(), lane, importance, patience, CommandProbe.of(argv));
  }

  private static List<List<String>> commands(List<Path> scripts, List<String> arguments) {
    List<List<String>> commands = new ArrayList<>();
    for (Path script : scripts) {
      List<String> argv = new ArrayList<>(List.of(script.toString()));
      argv.addAll(arguments);
      commands.add(argv);
    }
    return commands;
  }

  private List<Path> greenboot(String place) throws IOException {
    NavigableMap<String, Path> byName = new TreeMap<>();
    for (String top : GREENBOOT) {
      for (Path script : ProgramFiles.all(root.resolve(top).resolve(place))) {
        String name = script.getFileName().toString();
        if (name.endsWith(".sh")) {
          byName.put(name, script);
        }
      }
    }
    return byName.values().stream().filter(HealthScripts::isScript).toList();
  }

  private List<Path> healthCheckers() throws IOException {
    return ProgramFiles.of(root.resolve(HEALTH_CHECKER)).stream()
        .filter(HealthScripts::isScript)
        .toList();
  }

  private static boolean isScript(Path file) {
    return ProgramFiles.isProgram(file) && file.toFile().length() > 0;
  }
}

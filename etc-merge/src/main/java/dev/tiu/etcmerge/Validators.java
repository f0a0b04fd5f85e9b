package dev.tiu.etcmerge;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.etcmerge.Check.Blame;
import dev.tiu.linux.BytePath;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Who judges which paths of /etc. */
final class Validators {
  private static final String SSHD = "/usr/sbin/sshd";

  /**
   * Without a host key sshd doesn't get as far as to say that the configuration is good, and where
   * the device has some, who judges needn't read them. Its directory in /run it has only booted.
   */
  private static final String SSHD_SCRIPT =
      "mkdir -p -m 755 /run/sshd && ssh-keygen -q -t ed25519 -N '' -f /tmp/host-key"
          + " && exec \"$0\" -t -h /tmp/host-key";

  /** A validator that judges a fixed part of /etc in one run. */
  private record Whole(
      String name, List<String> needs, List<String> argv, List<BytePath> roots, Blame blame) {
    /** A directory that was added or removed stands for all below it. */
    boolean judges(BytePath path) {
      return roots.stream().anyMatch(root -> path.startsWith(root) || root.startsWith(path));
    }
  }

  private static final List<Whole> WHOLE =
      List.of(
          new Whole(
              "visudo",
              List.of("visudo"),
              List.of("visudo", "-c"),
              paths("sudoers", "sudoers.d"),
              Blame.EACH),
          new Whole(
              "sshd",
              List.of("sh", "mkdir", "ssh-keygen", SSHD),
              List.of("sh", "-c", SSHD_SCRIPT, SSHD),
              paths("ssh/sshd_config", "ssh/sshd_config.d"),
              Blame.EACH),
          // Quiet, because a home or a shell that is missing is no fault of the file's.
          new Whole(
              "pwck",
              List.of("pwck"),
              List.of("pwck", "-r", "-q"),
              paths("passwd", "shadow"),
              Blame.TOGETHER),
          new Whole(
              "grpck",
              List.of("grpck"),
              List.of("grpck", "-r"),
              paths("group", "gshadow"),
              Blame.TOGETHER));

  private static final BytePath UNITS = BytePath.of("systemd/system");
  private static final String DROP_IN = ".d";
  private static final Set<String> UNIT_TYPES =
      Set.of("service", "socket", "timer", "mount", "automount", "swap", "target", "path", "slice");

  private Validators() {}

  private static List<BytePath> paths(String... paths) {
    return List.of(paths).stream().map(BytePath::of).toList();
  }

  /** What there is to run when these paths, below /etc, have changed. */
  static List<Check> checks(Collection<BytePath> changed) {
    List<Check> checks = new ArrayList<>();
    for (Whole whole : WHOLE) {
      NavigableSet<BytePath> judged = new TreeSet<>();
      changed.stream().filter(path -> !path.isRoot() && whole.judges(path)).forEach(judged::add);
      if (!judged.isEmpty()) {
        checks.add(new Check(whole.name, whole.needs, whole.argv, judged, whole.blame));
      }
    }
    NavigableMap<String, NavigableSet<BytePath>> units = new TreeMap<>();
    for (BytePath path : changed) {
      unit(path).ifPresent(unit -> units.computeIfAbsent(unit, key -> new TreeSet<>()).add(path));
    }
    units.forEach((unit, paths) -> checks.add(unitCheck(unit, paths)));
    return checks;
  }

  private static Check unitCheck(String unit, NavigableSet<BytePath> paths) {
    List<String> argv = List.of("systemd-analyze", "verify", "--man=no", "--", unit);
    return new Check("systemd-analyze", List.of(argv.get(0)), argv, paths, Blame.MERGED);
  }

  /** The unit that a path belongs to: its file, or a drop-in of its own. */
  private static Optional<String> unit(BytePath path) {
    if (!path.startsWith(UNITS) || path.equals(UNITS)) {
      return Optional.empty();
    }
    String below = new String(path.relativeTo(UNITS).bytes(), UTF_8);
    // What isn't UTF-8 can't be an argument, and no unit is called so.
    if (!UNITS.resolve(below).equals(path)) {
      return Optional.empty();
    }
    int slash = below.indexOf('/');
    String first = slash < 0 ? below : below.substring(0, slash);
    if (first.endsWith(DROP_IN)) {
      return Optional.of(first.substring(0, first.length() - DROP_IN.length()))
          .filter(Validators::isUnit);
    }
    return Optional.of(first).filter(name -> slash < 0 && isUnit(name));
  }

  /** Not {@code foo-.service.d} or {@code service.d}, which are many units' drop-ins. */
  private static boolean isUnit(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0
        && UNIT_TYPES.contains(name.substring(dot + 1))
        && (name.charAt(dot - 1) != '-' || dot == 1);
  }
}

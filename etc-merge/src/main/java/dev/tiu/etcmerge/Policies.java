package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Glob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which policy a path has: that of the last rule that matches it. The built-in rules come first,
 * those that are added after them, so that whoever adds last has the last word.
 */
public final class Policies {
  /** Without any configuration. */
  public static final Policies BUILT_IN = new Policies(builtIn());

  /** Every path merges. */
  public static final Policies NONE = new Policies(Map.of());

  private record Compiled(Glob glob, Policy policy) {}

  private final Map<PathGlob, Policy> rules;
  private final List<Compiled> compiled = new ArrayList<>();

  private Policies(Map<PathGlob, Policy> rules) {
    this.rules = rules;
    rules.forEach((glob, policy) -> compiled.add(new Compiled(glob.compile(), policy)));
  }

  private static Map<PathGlob, Policy> builtIn() {
    Map<PathGlob, Policy> rules = new LinkedHashMap<>();
    for (String own :
        List.of(
            "machine-id",
            "machine-info",
            "hostname",
            "adjtime",
            "resolv.conf",
            "mtab",
            ".pwd.lock",
            ".updated",
            "passwd-",
            "shadow-",
            "group-",
            "gshadow-",
            "subuid-",
            "subgid-")) {
      rules.put(new PathGlob(own), Policy.LOCAL);
    }
    rules.put(new PathGlob("ssh/ssh_host_*"), Policy.CARRY);
    rules.put(new PathGlob("ld.so.cache"), Policy.REGENERATE);
    rules.put(new PathGlob("udev/hwdb.bin"), Policy.REGENERATE);
    rules.put(new PathGlob("ssl/certs/ca-certificates.crt"), Policy.REGENERATE);
    return rules;
  }

  /** The same with rules that go before these. */
  public Policies with(Map<PathGlob, Policy> more) {
    Map<PathGlob, Policy> all = new LinkedHashMap<>(rules);
    more.forEach(
        (glob, policy) -> {
          all.remove(glob); // The last rule counts, so that it has to stand last.
          all.put(glob, policy);
        });
    return new Policies(all);
  }

  /** The policy of a path below /etc. */
  public Policy of(BytePath path) {
    for (int i = compiled.size() - 1; i >= 0; i--) {
      if (compiled.get(i).glob().matches(path)) {
        return compiled.get(i).policy();
      }
    }
    return Policy.MERGE;
  }

  /** Whether some path may have it. */
  boolean hasAny(Policy policy) {
    return compiled.stream().anyMatch(rule -> rule.policy() == policy);
  }
}

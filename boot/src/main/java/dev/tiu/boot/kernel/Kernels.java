package dev.tiu.boot.kernel;

import dev.tiu.boot.BootException;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Glob;
import dev.tiu.linux.VersionOrder;
import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;

/**
 * The kernels of a snapshot.
 *
 * <p>A kernel is a directory of modules with an image that belongs to it. {@code docs/boot.md} says
 * where either is looked for. An image without modules of its version is left out, because what it
 * boots could load none.
 */
public final class Kernels {
  private static final Comparator<Kernel> BY_VERSION =
      Comparator.comparing(Kernel::version, VersionOrder::compare).thenComparing(Kernel::version);

  private final List<Kernel> all;

  /** Of the newest first, in the order of their versions. */
  Kernels(Collection<Kernel> all) {
    this.all = all.stream().sorted(BY_VERSION.reversed()).toList();
  }

  /**
   * Looks for them. None is no failure: a container's tree has none.
   *
   * @param root the snapshot's root; links in it are followed inside it only
   * @throws BootException if an image is of another version than its name says
   */
  public static Kernels find(Dir root) throws IOException {
    return new Kernels(new KernelSearch(root).find());
  }

  /** All, the newest first. */
  public List<Kernel> all() {
    return all;
  }

  /** The one of that version. */
  public Optional<Kernel> ofVersion(String version) {
    return all.stream().filter(kernel -> kernel.version().equals(version)).findFirst();
  }

  /**
   * What a boot loader should be given, the one to boot first.
   *
   * <p>Without a rule that is the newest. If it is a Raspberry Pi's, it is the newest of each name
   * that the firmware looks for: which of them boots is the board's matter.
   *
   * @param rule a pattern that versions must match, {@code *-rpi-v8}
   * @throws BootException if there are kernels, and the rule matches none
   */
  public List<Kernel> toBoot(Optional<Glob> rule) throws BootException {
    List<Kernel> wanted =
        all.stream()
            .filter(kernel -> rule.isEmpty() || rule.get().matches(kernel.version()))
            .toList();
    if (wanted.isEmpty()) {
      requireNoRule(rule);
      return List.of();
    } else if (!wanted.get(0).isRaspberryPi()) {
      return wanted.subList(0, 1);
    }
    Map<String, Kernel> byName =
        wanted.stream()
            .filter(Kernel::isRaspberryPi)
            .collect(
                Collectors.toMap(
                    kernel -> kernel.firmwareName().orElseThrow(),
                    kernel -> kernel,
                    BinaryOperator.maxBy(BY_VERSION),
                    TreeMap::new));
    return byName.values().stream().sorted(BY_VERSION.reversed()).toList();
  }

  private void requireNoRule(Optional<Glob> rule) throws BootException {
    if (rule.isPresent() && !all.isEmpty()) {
      throw new BootException(
          "No kernel of this snapshot is called %s; it has %s"
              .formatted(
                  rule.get(), all.stream().map(Kernel::version).collect(Collectors.joining(", "))),
          "It can't be told which one should boot, so it isn't made to boot.",
          "Change [boot] kernel in /etc/tiu/tiu.toml, or remove it to have the newest.");
    }
  }

  /** What there is, for people. */
  @Override
  public String toString() {
    return all.isEmpty()
        ? "no kernel: no directory of usr/lib/modules has an image in boot, boot/firmware or beside"
            + " the modules"
        : all.stream().map(Kernel::version).collect(Collectors.joining(", "));
  }
}

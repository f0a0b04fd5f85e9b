package dev.tiu.boot.initrd;

import dev.tiu.boot.BootException;
import dev.tiu.boot.kernel.Kernel;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether an initrd can bring up a snapshot with that kernel.
 *
 * <p>It must have an {@code init}, modules of just that kernel and of no other, and what mounts a
 * btrfs: {@code btrfs.ko} with all that it needs, and something that computes its checksums; each
 * only as far as the kernel hasn't it built in. What else a device needs to see its disk isn't
 * known here.
 */
final class InitrdCheck {
  private static final String BTRFS = "btrfs.ko";

  /** The kernel asks for it by name, and not as a dependency that modules.dep would know. */
  private static final String CHECKSUM = "crc32c";

  private InitrdCheck() {}

  /**
   * Looks into one.
   *
   * @param name for people
   * @param remedy what to do if it can't
   */
  static InitrdContent check(FileHandle initrd, String name, Dir root, Kernel kernel, String remedy)
      throws IOException {
    Optional<InitrdContent> content = Optional.empty();
    Optional<String> problem;
    try {
      content = Optional.of(InitrdContent.read(initrd.stream()));
      problem = problem(content.get(), kernel.version(), KernelModules.read(root, kernel));
    } catch (InitrdFormatException e) {
      problem = Optional.of("is damaged " + e.getMessage());
    }
    if (problem.isPresent()) {
      throw new BootException(
          name + " " + problem.get(),
          "The snapshot wouldn't find its root, so it isn't made to boot; what boots now stays.",
          remedy);
    }
    return content.orElseThrow();
  }

  static Optional<String> problem(InitrdContent content, String version, KernelModules modules) {
    if (content.has("squashfs-root.img") || content.has("squash-root.img")) {
      return Optional.of(
          "has a squashfs in it that holds the rest, into which tiu doesn't look"
              + " (dracut's module squash)");
    }
    if (!content.has("init")) {
      return Optional.of("has no /init, which is what a kernel starts in it");
    }
    Set<String> versions = content.versions();
    boolean needsModules = !modules.isBuiltIn(BTRFS);
    if (needsModules || !versions.isEmpty()) {
      if (!versions.equals(Set.of(version))) {
        return Optional.of(
            "has %s, but is for kernel %s"
                .formatted(
                    versions.isEmpty()
                        ? "no modules"
                        : "modules of kernel " + String.join(", ", versions),
                    version));
      }
    }
    return needsModules ? missing(content.modulesOf(version), version, modules) : Optional.empty();
  }

  private static Optional<String> missing(Set<String> has, String version, KernelModules modules) {
    List<String> btrfs = modules.named(BTRFS);
    if (btrfs.isEmpty()) {
      return Optional.of("can't mount a btrfs: kernel " + version + " has no module for it");
    }
    List<String> missing = new ArrayList<>();
    for (String module : btrfs) {
      missing.add(module);
      missing.addAll(modules.needs().getOrDefault(module, List.of()));
    }
    missing.removeAll(has);
    List<String> checksums = modules.named(CHECKSUM);
    if (!checksums.isEmpty()
        && !modules.isBuiltIn(CHECKSUM)
        && checksums.stream().noneMatch(has::contains)) {
      missing.add(String.join(" or ", checksums));
    }
    if (!has.contains("modules.dep") && !has.contains("modules.dep.bin")) {
      missing.add("modules.dep");
    }
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("can't mount a btrfs: it lacks " + String.join(", ", missing));
  }
}

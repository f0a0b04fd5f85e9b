package dev.tiu.boot;

import dev.tiu.boot.BootFiles.KernelWithInitrd;
import dev.tiu.boot.cmdline.CommandLine;
import dev.tiu.boot.cmdline.DeviceArguments;
import dev.tiu.boot.cmdline.KernelArguments;
import dev.tiu.boot.initrd.Initrd;
import dev.tiu.boot.initrd.InitrdInputs;
import dev.tiu.boot.initrd.InitrdMaker;
import dev.tiu.boot.initrd.InitrdPolicy;
import dev.tiu.boot.initrd.InitrdSettings;
import dev.tiu.boot.kernel.Firmware;
import dev.tiu.boot.kernel.Kernel;
import dev.tiu.boot.kernel.Kernels;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Glob;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gets all that a snapshot needs to boot, before any boot loader hears of it.
 *
 * @param root what finds the snapshot's root, by {@link CommandLine#root}
 * @param image the arguments that the image brings
 * @param architecture as {@code uname -m} says it
 * @param kernelRule which kernel to boot; the newest, if empty
 */
public record BootPreparation(
    KernelArguments root,
    KernelArguments image,
    String architecture,
    Optional<Glob> kernelRule,
    InitrdPolicy policy,
    InitrdSettings settings) {
  private static final BytePath ETC = BytePath.of("etc");

  /** Which initrds a snapshot gets. */
  public enum Initrds {
    /** New ones. */
    ANEW,
    /** Those that it has, where they are right: for a snapshot that has booted with them. */
    KEPT
  }

  /**
   * Finds the kernels, gets their initrds and puts the command line together.
   *
   * @param snapshot its root, a subvolume with its live {@code /etc}
   * @param kept {@code N/tiu}, where the initrds go
   * @return empty if the snapshot has no kernel
   * @throws BootException if it can't be made to boot; what boots now isn't touched
   */
  public Optional<BootFiles> prepare(Dir snapshot, Dir kept, Initrds initrds) throws IOException {
    return prepare(snapshot, kept, initrds, Optional.empty());
  }

  /**
   * The same with an end.
   *
   * @param limit for the generators of all initrds together
   */
  public Optional<BootFiles> prepare(
      Dir snapshot, Dir kept, Initrds initrds, Optional<Duration> limit) throws IOException {
    long from = System.nanoTime();
    List<Kernel> kernels = Kernels.find(snapshot).toBoot(kernelRule);
    if (kernels.isEmpty()) {
      return Optional.empty();
    }
    // First what fails at once: initrds take their time.
    CommandLine line = commandLine(snapshot);
    InitrdMaker usual = new InitrdMaker(snapshot, kept, settings);
    // Before they are made: what is changed meanwhile counts as changed.
    Optional<InitrdInputs> inputs = inputs(snapshot);
    boolean allMade = true;
    List<KernelWithInitrd> complete = new ArrayList<>();
    for (Kernel kernel : kernels) {
      InitrdMaker maker =
          limit
              .map(all -> all.minusNanos(System.nanoTime() - from))
              .map(left -> new InitrdMaker(snapshot, kept, settings.within(left)))
              .orElse(usual);
      Optional<Initrd> there =
          initrds == Initrds.KEPT && policy != InitrdPolicy.NONE
              ? maker.find(kernel)
              : Optional.empty();
      allMade &= there.isEmpty();
      complete.add(
          new KernelWithInitrd(kernel, there.isPresent() ? there : maker.make(kernel, policy)));
    }
    if (allMade) {
      usual.keepInputs(inputs);
    }
    return Optional.of(new BootFiles(complete, Firmware.find(snapshot), line));
  }

  private Optional<InitrdInputs> inputs(Dir snapshot) throws IOException {
    return policy == InitrdPolicy.REGENERATE
        ? InitrdInputs.of(snapshot, settings)
        : Optional.empty();
  }

  /**
   * What in /etc, or in how initrds are made, was changed since those that the snapshot has were
   * made; for people. Empty if they would be the same again, or aren't made on the device.
   *
   * @param snapshot its root, with its live {@code /etc}
   * @param kept {@code N/tiu}
   */
  public List<String> changedInputs(Dir snapshot, Dir kept) throws IOException {
    Optional<InitrdInputs> inputs = inputs(snapshot);
    return inputs.isPresent() ? inputs.get().changedSince(InitrdInputs.ofMade(kept)) : List.of();
  }

  private CommandLine commandLine(Dir snapshot) throws IOException {
    try (Dir etc = snapshot.openDir(ETC)) {
      CommandLine line = CommandLine.merge(root, image, DeviceArguments.read(etc));
      KernelArguments unused = line.arguments().requireFits(architecture);
      return line;
    } catch (IllegalArgumentException e) {
      throw new BootException(
          String.valueOf(e.getMessage()),
          "The snapshot isn't made to boot; what boots now stays.",
          "The image's arguments are as `tiu info` shows them.");
    }
  }
}

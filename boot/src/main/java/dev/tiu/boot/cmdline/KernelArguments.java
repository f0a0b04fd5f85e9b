package dev.tiu.boot.cmdline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Arguments of the kernel, in their order: of two that contradict each other the later counts. */
public record KernelArguments(List<KernelArgument> list) {
  /** None. */
  public static final KernelArguments NONE = new KernelArguments(List.of());

  /** Copies the list. */
  public KernelArguments {
    list = List.copyOf(list);
  }

  /**
   * Takes a command line apart as the kernel does.
   *
   * @throws IllegalArgumentException if a quote isn't closed, or has an argument that can't be
   *     written again: one with a control character, or {@code --}, which hands on to init
   */
  public static KernelArguments parse(String line) {
    return new KernelArguments(
        Quoting.read(line).stream()
            .map(raw -> new KernelArgument(raw.name(), raw.value()))
            .toList());
  }

  /** These arguments, each written as {@link KernelArgument#parse} reads it. */
  public static KernelArguments of(String... arguments) {
    return new KernelArguments(Arrays.stream(arguments).map(KernelArgument::parse).toList());
  }

  /** These, and then those. */
  public KernelArguments and(KernelArguments others) {
    List<KernelArgument> both = new ArrayList<>(list);
    both.addAll(others.list);
    return new KernelArguments(both);
  }

  /** Whether there is one of that name. */
  public boolean has(String name) {
    return list.stream().anyMatch(argument -> argument.name().equals(name));
  }

  /**
   * Holds the line against what a kernel takes.
   *
   * @param architecture as {@code uname -m} says it
   * @throws IllegalArgumentException if it is longer; the kernel would cut it off without a word
   */
  public KernelArguments requireFits(String architecture) {
    int limit = limit(architecture);
    int length = toString().length();
    if (length > limit) {
      throw new IllegalArgumentException(
          "The kernel's command line has %d bytes; a kernel for %s reads %d and drops the rest."
                  .formatted(length, architecture, limit)
              + " Take arguments away: `tiu kargs` shows where each comes from");
    }
    return this;
  }

  /** COMMAND_LINE_SIZE of each architecture's {@code asm/setup.h}, without the zero at its end. */
  private static int limit(String architecture) {
    return switch (architecture) {
      case "x86_64", "i686", "i586", "aarch64", "ppc64", "ppc64le" -> 2047;
      case "s390x", "loongarch64" -> 4095;
      case "armv6l", "armv7l", "armv8l", "riscv64", "riscv32" -> 1023;
      // asm-generic's.
      default -> 511;
    };
  }

  /** The command line. */
  @Override
  public String toString() {
    return list.stream().map(KernelArgument::toString).collect(Collectors.joining(" "));
  }
}

package dev.tiu.boot.cmdline;

import java.util.Optional;

/**
 * One argument on the kernel's command line, without its quotes.
 *
 * <p>Names compare as they are: that the kernel takes {@code -} and {@code _} in the names of
 * modules' parameters as the same isn't known here.
 *
 * @param name without spaces, {@code =} and quotes
 * @param value what is behind the {@code =}, if there is one
 */
public record KernelArgument(String name, Optional<String> value) {
  /** Checks that the command line can say it. */
  public KernelArgument {
    if (name.isEmpty() || name.equals("--") || !name.chars().allMatch(KernelArgument::isOfName)) {
      throw new IllegalArgumentException(
          "\"%s\" can't be the name of a kernel argument: it needs printable ASCII without spaces,"
                  .formatted(name)
              + " quotes and =");
    }
    if (!value.orElse("").chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw new IllegalArgumentException(
          name + ": the kernel's command line can't say its value; it needs printable ASCII");
    }
    String written = Quoting.written(name, value);
    if (!Quoting.isRead(written, name, value)) {
      throw new IllegalArgumentException(
          "%s: the kernel's command line can't say %s: it has no way to say quotes in a value"
              .formatted(name, value.orElse("")));
    }
  }

  /**
   * As it is written: {@code quiet}, {@code console=ttyS0}, {@code foo="a b"}.
   *
   * @throws IllegalArgumentException if that isn't exactly one argument
   */
  public static KernelArgument parse(String text) {
    KernelArguments all = KernelArguments.parse(text);
    if (all.list().size() != 1) {
      throw new IllegalArgumentException(
          "\"%s\" is %d kernel arguments, not one; a value with spaces needs double quotes around it"
              .formatted(text, all.list().size()));
    }
    return all.list().get(0);
  }

  private static boolean isOfName(int c) {
    return c > ' ' && c <= '~' && c != '=' && c != '"';
  }

  /** As it is written on the command line, quoted if need be. */
  @Override
  public String toString() {
    return Quoting.written(name, value);
  }
}

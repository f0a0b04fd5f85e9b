package dev.tiu.boot.cmdline;

import dev.tiu.boot.BootException;
import java.util.ArrayList;
import java.util.List;

/**
 * One file of {@code /etc/tiu/cmdline.d}: arguments, and which of those before it go.
 *
 * <pre>
 * # a comment
 * delete: splash console=tty0
 * console=ttyAMA0,115200 foo="a b"
 * </pre>
 *
 * A name after {@code delete:} means that argument whatever its value, a name with a value only
 * that one. What a file deletes comes from before it; what it appends itself stays.
 *
 * @param name of the file
 */
public record ArgumentFile(String name, List<KernelArgument> deleted, KernelArguments appended) {
  private static final String DELETE = "delete:";

  /** Copies the list. */
  public ArgumentFile {
    deleted = List.copyOf(deleted);
  }

  /** One that says nothing. */
  static ArgumentFile empty(String name) {
    return new ArgumentFile(name, List.of(), KernelArguments.NONE);
  }

  /**
   * Reads one.
   *
   * @throws BootException naming file and line, if a line can't be taken apart
   */
  public static ArgumentFile parse(String name, String text) throws BootException {
    List<KernelArgument> deleted = new ArrayList<>();
    List<KernelArgument> appended = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String content = line.strip();
      if (content.isEmpty() || content.startsWith("#")) {
        continue;
      }
      boolean deletes = content.startsWith(DELETE);
      try {
        KernelArguments found =
            KernelArguments.parse(deletes ? content.substring(DELETE.length()) : content);
        (deletes ? deleted : appended).addAll(found.list());
      } catch (IllegalArgumentException e) {
        throw new BootException(
            "/etc/tiu/cmdline.d/%s, line %d: %s".formatted(name, number, e.getMessage()),
            "Without it the kernel's command line isn't what it should be, so none is made.",
            "Put that line right.");
      }
    }
    return new ArgumentFile(name, deleted, new KernelArguments(appended));
  }

  /** As {@link #parse} reads it. */
  String text() {
    StringBuilder text =
        new StringBuilder("# Written by `tiu kargs`; docs/boot.md describes these files.\n");
    deleted.forEach(one -> text.append(DELETE).append(' ').append(one).append('\n'));
    appended.list().forEach(one -> text.append(one).append('\n'));
    return text.toString();
  }

  /** Whether something here deletes it. */
  boolean deletes(KernelArgument argument) {
    return deleted.stream().anyMatch(pattern -> means(pattern, argument));
  }

  /** Whether that pattern means the argument: by its name, or by name and value. */
  static boolean means(KernelArgument pattern, KernelArgument argument) {
    return pattern.equals(argument)
        || (pattern.value().isEmpty() && pattern.name().equals(argument.name()));
  }
}

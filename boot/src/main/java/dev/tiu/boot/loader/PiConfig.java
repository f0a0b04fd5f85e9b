package dev.tiu.boot.loader;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What tiu's lines in a Raspberry Pi's config.txt say.
 *
 * <pre>
 * [all]
 * os_prefix=tiu/boot/DIGEST/             where kernels, initrds, device trees and overlays are
 * cmdline=/tiu/cmdline/7-0123abcd.txt
 * kernel=kernel8.img
 * initramfs initramfs8 followkernel
 * [pi5]                                  and the same for a kernel of its own
 * [all]
 * </pre>
 */
final class PiConfig {
  /** Kernels, in the order in which one is taken for any model; Pi 5 has one of its own. */
  static final List<String> KERNELS =
      List.of("kernel8.img", "kernel7l.img", "kernel7.img", "kernel.img", "kernel_2712.img");

  private static final String PI_5 = "kernel_2712.img";
  private static final Pattern NUMBER =
      Pattern.compile("(?m)^cmdline=/tiu/cmdline/([1-9][0-9]{0,8})-[0-9a-f]{8}(-trial)?\\.txt$");

  private static final Pattern CMDLINE = Pattern.compile("(?m)^cmdline=/tiu/cmdline/([^/\\n]+)$");

  /** What the admin's lines may not say, because the last one counts. */
  static final Pattern OVERRIDE =
      Pattern.compile("(?m)^(os_prefix|kernel|cmdline|initramfs|ramfsfile)[= ].*$");

  private PiConfig() {}

  /**
   * The lines that boot a snapshot.
   *
   * @param set the directory with its files
   * @param cmdline the file with its command line
   */
  static String lines(Dir partition, BytePath set, BytePath cmdline) throws IOException {
    StringBuilder lines = new StringBuilder();
    lines.append("[all]\nos_prefix=").append(set).append("/\n");
    lines.append("cmdline=/").append(cmdline).append('\n');
    List<String> kernels = kernels(partition, set);
    append(partition, kernels.get(0), set, lines);
    if (kernels.contains(PI_5) && kernels.size() > 1) {
      lines.append("[pi5]\n");
      append(partition, PI_5, set, lines);
      lines.append("[all]\n");
    }
    return lines.toString();
  }

  private static void append(Dir partition, String kernel, BytePath set, StringBuilder lines)
      throws IOException {
    lines.append("kernel=").append(kernel).append('\n');
    String initramfs = initramfs(kernel);
    if (partition.find(set.resolve(initramfs)).isPresent()) {
      lines.append("initramfs ").append(initramfs).append(" followkernel\n");
    }
  }

  /** Those of {@link #KERNELS} that a set has. */
  static List<String> kernels(Dir partition, BytePath set) throws IOException {
    List<String> kernels = new ArrayList<>();
    for (String name : KERNELS) {
      if (partition.find(set.resolve(name)).isPresent()) {
        kernels.add(name);
      }
    }
    return kernels;
  }

  /** As the firmware names it by itself. */
  static String initramfs(String kernel) {
    return "initramfs" + kernel.substring("kernel".length(), kernel.length() - 4);
  }

  /** The snapshot that lines of tiu's boot. */
  static OptionalInt number(String lines) {
    return number(lines, named -> true);
  }

  /** The same, if it is one whose initrd counts. */
  static OptionalInt onTrial(String lines) {
    return number(lines, named -> named.group(2) != null);
  }

  private static OptionalInt number(String lines, Predicate<Matcher> kind) {
    Matcher named = NUMBER.matcher(lines);
    return named.find() && kind.test(named)
        ? OptionalInt.of(Integer.parseInt(named.group(1)))
        : OptionalInt.empty();
  }

  /** The name of the file with the command line. */
  static Optional<String> cmdline(String lines) {
    Matcher named = CMDLINE.matcher(lines);
    return named.find() ? Optional.of(named.group(1)) : Optional.empty();
  }
}

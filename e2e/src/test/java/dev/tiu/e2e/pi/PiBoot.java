package dev.tiu.e2e.pi;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.e2e.machine.FirmwareStuckException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The firmware's decisions, one after the other, from a card and the last reboot's argument. */
final class PiBoot {
  /** {@code reboot(2)} with {@code 3 tryboot} asks for partition 3. */
  private static final Pattern PARTITION = Pattern.compile("^(\\d+)");

  private static final int LARGEST_PARTITION = 63;

  private final PiModel model;
  private final PiCard card;
  private final boolean walk;

  /**
   * @param walk as {@code PARTITION_WALK=1} in the EEPROM: any bootable partition will do
   */
  PiBoot(PiModel model, PiCard card, boolean walk) {
    this.model = model;
    this.card = card;
    this.walk = walk;
  }

  /**
   * Decides.
   *
   * @param rebootArgument of the system before; empty after power-on or a reset, because the flag
   *     that it sets is gone as soon as it was looked at
   */
  PiSelection choose(String rebootArgument) throws FirmwareStuckException {
    // The kernel's driver looks for exactly this: "tryboot" alone does nothing.
    boolean tryboot = rebootArgument.contains(" tryboot");
    PiConfig.Facts facts = new PiConfig.Facts(model, tryboot);
    Optional<PiConfig> autoboot =
        card.firstFat()
            .flatMap(fat -> fat.read("autoboot.txt"))
            .map(content -> PiConfig.autoboot(content, facts));
    if (card.gpt() && (tryboot || autoboot.isPresent())) {
      throw new FirmwareStuckException(
          "tryboot.txt and autoboot.txt can't be relied on with a GPT: the card needs an MBR");
    }
    int partition = partition(asked(rebootArgument), autoboot);
    BootFiles files = card.fat(partition).orElseThrow();

    boolean sameName = autoboot.filter(config -> config.isOn("tryboot_a_b")).isPresent();
    String name = tryboot && !sameName ? "tryboot.txt" : "config.txt";
    byte[] content =
        files
            .read(name)
            .orElseThrow(
                () -> new FirmwareStuckException("no " + name + " on partition " + partition));
    return select(partition, tryboot, name, PiConfig.of(content, facts, files), files);
  }

  private static int asked(String rebootArgument) {
    Matcher matcher = PARTITION.matcher(rebootArgument);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) & LARGEST_PARTITION : 0;
  }

  private int partition(int asked, Optional<PiConfig> autoboot) throws FirmwareStuckException {
    int wanted = asked;
    if (wanted == 0) {
      wanted =
          autoboot
              .flatMap(config -> config.value("boot_partition"))
              .map(value -> Integer.valueOf(value.strip()))
              .orElse(0);
    }
    if (wanted == 0) {
      wanted = firstBootable().orElse(0);
    }
    if (isBootable(wanted)) {
      return wanted;
    }
    Optional<Integer> instead = walk ? firstBootable() : Optional.of(1).filter(this::isBootable);
    int refused = wanted;
    return instead.orElseThrow(
        () -> new FirmwareStuckException("partition " + refused + " is not bootable"));
  }

  private Optional<Integer> firstBootable() {
    return card.partitions().keySet().stream().filter(this::isBootable).findFirst();
  }

  private boolean isBootable(int partition) {
    return card.fat(partition).filter(fat -> fat.has(model.bootable())).isPresent();
  }

  private PiSelection select(
      int partition, boolean tryboot, String name, PiConfig config, BootFiles files)
      throws FirmwareStuckException {
    List<String> kernels = config.value("kernel").map(List::of).orElse(model.kernels());
    String tree = config.value("device_tree").orElse(model.deviceTree());
    String prefix = config.value("os_prefix").orElse("");
    // Without both of them it is as if there were no prefix, and nothing says so.
    if (first(files, prefix, kernels).isEmpty() || !files.has(path(prefix, tree))) {
      prefix = "";
    }
    String kernel =
        first(files, prefix, kernels)
            .orElseThrow(
                () -> new FirmwareStuckException("no " + kernels + " on partition " + partition));
    String deviceTree = path(prefix, tree);
    if (!files.has(deviceTree)) {
      throw new FirmwareStuckException("no " + tree + " on partition " + partition);
    }
    return new PiSelection(
        partition,
        tryboot,
        name,
        prefix,
        kernel,
        deviceTree,
        initramfs(config, prefix, kernel, files),
        commandLine(config, prefix, files),
        files.has(prefix + "overlays/README") ? prefix + "overlays/" : "overlays/");
  }

  /** A name that begins with a slash goes past the prefix, which is put before as it is. */
  private static String path(String prefix, String name) {
    return name.startsWith("/") ? name.substring(1) : prefix + name;
  }

  private static Optional<String> first(BootFiles files, String prefix, List<String> names) {
    return names.stream().map(name -> path(prefix, name)).filter(files::has).findFirst();
  }

  /** {@code auto_initramfs} goes by names: {@code kernel8.img} has {@code initramfs8}. */
  private static Optional<String> initramfs(
      PiConfig config, String prefix, String kernel, BootFiles files) {
    Optional<String> named = config.value("initramfs").map(name -> path(prefix, name));
    if (named.isEmpty() && config.isOn("auto_initramfs")) {
      String file = kernel.substring(kernel.lastIndexOf('/') + 1);
      if (file.startsWith("kernel")) {
        String rest = file.substring("kernel".length()).replaceAll("\\.[^.]*$", "");
        named =
            Optional.of(kernel.substring(0, kernel.length() - file.length()) + "initramfs" + rest);
      }
    }
    return named.filter(files::has);
  }

  /** A file that isn't there leaves the kernel without arguments; only the first line counts. */
  private static String commandLine(PiConfig config, String prefix, BootFiles files) {
    return files
        .read(path(prefix, config.value("cmdline").orElse("cmdline.txt")))
        .flatMap(content -> new String(content, UTF_8).lines().findFirst())
        .map(String::strip)
        .orElse("");
  }
}

package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.BootException;
import dev.tiu.boot.loader.Entries.Entry;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Raspberry Pi's own firmware.
 *
 * <pre>
 * config.txt             in its first sector: os_prefix, kernel, initramfs and cmdline of the default;
 *                        then the admin's lines
 * tryboot.txt            the same with those of the snapshot on trial; as config.txt when there is none
 * tiu/cmdline/7-….txt    the command line of snapshot 7
 * </pre>
 *
 * <p>A reboot with the argument {@code 0 tryboot} reads tryboot.txt once; any other boot reads
 * config.txt. So a trial that is cut off or hangs falls back by itself, and has to be asked for
 * again. On the running machine arming leaves that argument for the next reboot.
 *
 * <p>Sources: config_txt/boot.adoc, conditional.adoc and raspberry-pi/bootflow-eeprom.adoc of the
 * Raspberry Pi documentation. A prefix whose kernel or device tree is missing is silently ignored;
 * names that begin with a slash don't get it.
 */
final class PiFirmware extends PublishedEntries {
  private static final BytePath CONFIG = BytePath.of("config.txt");
  private static final BytePath TRYBOOT = BytePath.of("tryboot.txt");
  private static final BytePath AUTOBOOT = BytePath.of("autoboot.txt");
  private static final BytePath CMDLINES = BootSets.PLACE.resolve("cmdline");
  private static final Pattern ANY = Pattern.compile(".*", Pattern.DOTALL);
  private static final Pattern NUMBER =
      Pattern.compile("(?m)^cmdline=/tiu/cmdline/([1-9][0-9]{0,8})-[0-9a-f]{8}\\.txt$");

  /** What the admin's lines may not say, because the last one counts. */
  private static final Pattern OVERRIDE =
      Pattern.compile("(?m)^(os_prefix|kernel|cmdline|initramfs|ramfsfile)[= ].*$");

  private static final Pattern A_B = Pattern.compile("(?m)^tryboot_a_b=1\\s*$");
  private static final int AUTOBOOT_READ = 512;

  /** Kernels, in the order in which one is taken for any model; Pi 5 has one of its own. */
  private static final List<String> KERNELS =
      List.of("kernel8.img", "kernel7l.img", "kernel7.img", "kernel.img", "kernel_2712.img");

  /** How many of the admin's lines a diff shows after tiu's. */
  private static final int CONTEXT = 3;

  private static final String PI_5 = "kernel_2712.img";

  private final Sector config;
  private final Sector tryboot;
  private final Counting counting;
  private final Reboot reboot;

  /** What the next reboot of the running machine asks the firmware for. */
  @FunctionalInterface
  interface Reboot {
    /** Of a machine that doesn't run: whoever starts it says it. */
    Reboot OF_ANOTHER_MACHINE = once -> {};

    /** This one's. */
    Reboot OF_THIS_MACHINE =
        once -> {
          if (once) {
            Tryboot.request();
          } else {
            Tryboot.forget();
          }
        };

    /**
     * Sets it.
     *
     * @param once whether it is to boot tryboot.txt
     */
    void ask(boolean once) throws IOException;
  }

  /**
   * @param counting {@link Counting#ONCE} where the running kernel tells the firmware of a tryboot
   */
  PiFirmware(Dir partition, Counting counting, Reboot reboot) {
    super(partition);
    this.reboot = reboot;
    this.config = new Sector(partition, CONFIG);
    this.tryboot = new Sector(partition, TRYBOOT);
    this.counting = counting;
  }

  @Override
  public String name() {
    return "pi";
  }

  @Override
  public Counting counting() {
    return counting;
  }

  /** The firmware takes files by their own names, and one kernel of several. */
  @Override
  void requireUsable(BootEntry entry) throws BootException {
    requireCopied(entry);
    if (kernels(entry).isEmpty()) {
      throw new BootException(
          "Snapshot %d has no kernel8.img or the like, so a Raspberry Pi can't boot it"
              .formatted(entry.number()),
          FatFiles.AS_IT_WAS,
          "Make the image with the Raspberry Pi's kernel in /boot/firmware.");
    }
    if (entry.files().stream().noneMatch(f -> f.name().toString().matches("bcm27[^/]*\\.dtb"))) {
      // Without one the firmware ignores the prefix, and boots something else.
      throw new BootException(
          "Snapshot %d has no device tree bcm27….dtb, so a Raspberry Pi can't boot it"
              .formatted(entry.number()),
          FatFiles.AS_IT_WAS,
          "Make the image with the kernel's device trees.");
    }
  }

  private static List<String> kernels(BootEntry entry) {
    return KERNELS.stream().filter(name -> entry.has(BytePath.of(name))).toList();
  }

  @Override
  LoaderState decision() throws IOException {
    OptionalInt isDefault = number(config);
    OptionalInt tried = number(tryboot);
    boolean trial = tried.isPresent() && !tried.equals(isDefault);
    return LoaderState.deciding(
        isDefault,
        trial ? Optional.of(new LoaderState.Trial(tried.getAsInt(), 1)) : Optional.empty());
  }

  private static OptionalInt number(Sector sector) throws IOException {
    Matcher cmdline = NUMBER.matcher(sector.lines());
    return cmdline.find()
        ? OptionalInt.of(Integer.parseInt(cmdline.group(1)))
        : OptionalInt.empty();
  }

  @Override
  void offer(SortedMap<Integer, Entry> all) throws IOException {
    FatFiles.makeDirs(partition(), CMDLINES);
    Set<String> names = new TreeSet<>();
    for (Entry entry : all.values()) {
      names.add(cmdline(entry).name().toString());
      FatFiles.replace(partition(), cmdline(entry), (entry.arguments() + "\n").getBytes(UTF_8));
    }
    FatFiles.removeOthers(partition(), CMDLINES, ANY, names);
  }

  /** Named by its content as well, so that one that boots is never rewritten. */
  private static BytePath cmdline(Entry entry) {
    return CMDLINES.resolve("%d-%08x.txt".formatted(entry.number(), entry.arguments().hashCode()));
  }

  @Override
  void armPublished(Entry entry, int tries) throws IOException {
    if (counting == Counting.NONE) {
      throw new BootException(
          "This kernel doesn't tell the Raspberry Pi's firmware to try a snapshot once, so that a"
              + " trial that fails wouldn't end",
          NOT_ON_TRIAL,
          "Debian's own kernels don't, Raspberry Pi OS's do: take one of those.");
    }
    String autoboot = new String(FatFiles.read(partition(), AUTOBOOT, 1 << 16), UTF_8);
    String read = autoboot.substring(0, Math.min(autoboot.length(), AUTOBOOT_READ));
    if (A_B.matcher(read).find()) {
      throw new BootException(
          "autoboot.txt on the boot partition says tryboot_a_b=1: then the firmware doesn't read"
              + " tryboot.txt",
          NOT_ON_TRIAL,
          "Take that line out.");
    }
    requireNotOverridden();
    // Not decisive, and so written as a whole: it is read only when a reboot asks for it.
    byte[] rest = config.rest().getBytes(UTF_8);
    FatFiles.replace(partition(), TRYBOOT, Sector.whole(lines(entry), rest));
    reboot.ask(true);
  }

  /** Rather the default's than none: what the firmware does without the file isn't documented. */
  @Override
  public void disarm() throws IOException {
    reboot.ask(false);
    if (config.isThere()) {
      FatFiles.replace(partition(), TRYBOOT, config.content());
    }
  }

  @Override
  public List<String> firstChange(int number) throws IOException {
    if (config.isThere() || config.content().length == 0) {
      return List.of();
    }
    List<String> diff = new ArrayList<>(List.of("--- config.txt", "+++ config.txt"));
    lines(require(number)).lines().map("+"::concat).forEach(diff::add);
    config.rest().lines().limit(CONTEXT).map(" "::concat).forEach(diff::add);
    return diff;
  }

  @Override
  void switchTo(Entry entry) throws IOException {
    requireNotOverridden();
    config.write(lines(entry));
    disarm();
  }

  /** A config.txt with those lines as comments that tiu's own ones stand for. */
  static String withoutOverrides(String config) {
    return OVERRIDE
        .matcher(config)
        .replaceAll(line -> Matcher.quoteReplacement("#" + line.group()));
  }

  private void requireNotOverridden() throws BootException, IOException {
    Matcher override = OVERRIDE.matcher(config.rest());
    if (override.find()) {
      throw new BootException(
          "config.txt on the boot partition says \"%s\", which would count more than what tiu writes"
              .formatted(override.group().strip()),
          FatFiles.AS_IT_WAS,
          "Remove that line.");
    }
  }

  private String lines(Entry entry) throws IOException {
    BytePath set = BootSets.PLACE.resolve(entry.set());
    StringBuilder lines = new StringBuilder();
    lines.append("[all]\nos_prefix=").append(set).append("/\n");
    lines.append("cmdline=/").append(cmdline(entry)).append('\n');
    List<String> kernels = KERNELS.stream().filter(name -> isThere(set.resolve(name))).toList();
    append(kernels.get(0), set, lines);
    if (kernels.contains(PI_5) && kernels.size() > 1) {
      lines.append("[pi5]\n");
      append(PI_5, set, lines);
      lines.append("[all]\n");
    }
    return lines.toString();
  }

  private void append(String kernel, BytePath set, StringBuilder lines) {
    lines.append("kernel=").append(kernel).append('\n');
    String initramfs = "initramfs" + kernel.substring("kernel".length(), kernel.length() - 4);
    if (isThere(set.resolve(initramfs))) {
      lines.append("initramfs ").append(initramfs).append(" followkernel\n");
    }
  }

  private boolean isThere(BytePath path) {
    try {
      return partition().find(path).isPresent();
    } catch (IOException e) {
      return false;
    }
  }
}

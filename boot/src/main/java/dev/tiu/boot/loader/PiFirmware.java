package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.BootException;
import dev.tiu.boot.initrd.InitrdMaker;
import dev.tiu.boot.loader.Entries.Entry;
import dev.tiu.boot.loader.LoaderState.Trial;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The Raspberry Pi's own firmware.
 *
 * <pre>
 * config.txt             in its first sector: os_prefix, kernel, initramfs and cmdline of the default;
 *                        then the admin's lines
 * tryboot.txt            the same with those of the snapshot on trial; as config.txt when there is none
 * tiu/cmdline/7-….txt    the command line of snapshot 7; …-trial.txt the one for {@link InitrdTrial}
 * </pre>
 *
 * <p>A reboot with the argument {@code 0 tryboot} reads tryboot.txt once; any other boot reads
 * config.txt. So a trial that is cut off or hangs falls back by itself, and has to be asked for
 * again. On the running machine arming leaves that argument for the next reboot. Where the kernel
 * can't give it, an {@link InitrdTrial} is begun.
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
  private static final Pattern A_B = Pattern.compile("(?m)^tryboot_a_b=1\\s*$");
  private static final int AUTOBOOT_READ = 512;

  /** With another script of initramfs-tools' the one that counts wouldn't run. */
  private static final Pattern OTHER_SCRIPT = Pattern.compile("(^| )boot=");

  private final Sector config;
  private final Sector tryboot;
  private final Counting counting;
  private final Reboot reboot;
  private final VolumeId volume;
  private final Path countedMark;
  private final InitrdTrial counted;

  /** How an initrd finds the boot partition. */
  @FunctionalInterface
  interface VolumeId {
    /** As blkid shows it. */
    String get() throws IOException;
  }

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
   * @param counting {@link Counting#ONCE} where the running kernel tells the firmware of a tryboot,
   *     {@link Counting#TRIES} where the initrd counts
   * @param countedMark what the initrd leaves when it has counted this boot
   */
  PiFirmware(Dir partition, Counting counting, Reboot reboot, VolumeId volume, Path countedMark) {
    super(partition);
    this.countedMark = countedMark;
    this.volume = volume;
    this.counted = new InitrdTrial(partition);
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
  void requireUsable(BootEntry entry) throws IOException {
    requireCopied(entry);
    requireStartableWithoutEfi(entry, PiConfig.KERNELS);
    if (PiConfig.KERNELS.stream().noneMatch(name -> entry.has(BytePath.of(name)))) {
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

  @Override
  LoaderState decision() throws IOException {
    OptionalInt inConfig = onTrialInConfig();
    if (inConfig.isPresent()) {
      Trial trial = counted.running(inConfig.getAsInt());
      return LoaderState.deciding(PiConfig.number(counted.defaultLines()), Optional.of(trial));
    }
    OptionalInt isDefault = PiConfig.number(config.lines());
    OptionalInt tried = PiConfig.number(tryboot.lines());
    boolean once = tried.isPresent() && !tried.equals(isDefault);
    return LoaderState.deciding(
        isDefault, once ? Optional.of(new Trial(tried.getAsInt(), 1)) : counted.over(isDefault));
  }

  /** What config.txt itself names as being on trial. */
  private OptionalInt onTrialInConfig() throws IOException {
    return PiConfig.onTrial(config.lines());
  }

  /** Also what has no try left: it boots once more, for its initrd to put the default back. */
  @Override
  boolean needs(LoaderState state, int number) throws IOException {
    return state.needs(number) || PiConfig.number(config.lines()).equals(OptionalInt.of(number));
  }

  @Override
  void offer(SortedMap<Integer, Entry> all) throws IOException {
    FatFiles.makeDirs(partition(), CMDLINES);
    Set<String> names = new TreeSet<>();
    for (Entry entry : all.values()) {
      names.add(cmdline(entry).name().toString());
      FatFiles.replace(partition(), cmdline(entry), (entry.arguments() + "\n").getBytes(UTF_8));
    }
    PiConfig.cmdline(config.lines()).ifPresent(names::add);
    FatFiles.removeOthers(partition(), CMDLINES, ANY, names);
  }

  /** Named by its content as well, so that one that boots is never rewritten. */
  private static BytePath cmdline(Entry entry) {
    return CMDLINES.resolve("%d-%08x.txt".formatted(entry.number(), entry.arguments().hashCode()));
  }

  @Override
  public void requireReady() throws IOException {
    config.requireNoneOf(PiConfig.OVERRIDE, "lines");
    if (counting == Counting.ONCE) {
      requireTrybootRead();
    }
  }

  private void requireTrybootRead() throws IOException {
    String autoboot = new String(FatFiles.read(partition(), AUTOBOOT, 1 << 16), UTF_8);
    String read = autoboot.substring(0, Math.min(autoboot.length(), AUTOBOOT_READ));
    if (A_B.matcher(read).find()) {
      throw new BootException(
          "autoboot.txt on the boot partition says tryboot_a_b=1: then the firmware doesn't read"
              + " tryboot.txt",
          NOT_ON_TRIAL,
          "Take that line out.");
    }
  }

  @Override
  void armPublished(Entry entry, int tries) throws IOException {
    requireReady();
    if (counting == Counting.TRIES) {
      requireTriable(entry.number());
      BytePath line = writeTrialLine(entry);
      counted.prepare(config, entry.number(), tries);
      config.write(lines(entry, line));
      return;
    }
    // Not decisive, and so written as a whole: it is read only when a reboot asks for it.
    byte[] rest = config.rest().getBytes(UTF_8);
    FatFiles.replace(partition(), TRYBOOT, Sector.whole(lines(entry), rest));
    reboot.ask(true);
  }

  /** The command line by which the initrd knows that it has to count, and where. */
  private BytePath writeTrialLine(Entry entry) throws IOException {
    String line =
        "%s tiu.trial=%d tiu.boot=%s".formatted(entry.arguments(), entry.number(), volume.get());
    BytePath path =
        CMDLINES.resolve("%d-%08x-trial.txt".formatted(entry.number(), line.hashCode()));
    FatFiles.replace(partition(), path, (line + "\n").getBytes(UTF_8));
    return path;
  }

  @Override
  public Optional<String> weakness() {
    return counting == Counting.TRIES
        ? Optional.of(
            "this kernel can't ask the firmware for a trial, so that the initrd counts the boots of"
                + " one and puts the default back. A kernel that doesn't come as far as its initrd"
                + " isn't counted, and boots until somebody changes config.txt on the card by hand")
        : Optional.empty();
  }

  @Override
  public boolean endIfUncounted() throws IOException {
    OptionalInt tried = onTrialInConfig();
    if (tried.isEmpty() || Files.exists(countedMark)) {
      return false;
    }
    counted.useUp(tried.getAsInt());
    counted.putBack(config);
    return true;
  }

  @Override
  public void requireTriable(int number) throws IOException {
    if (counting != Counting.TRIES) {
      return;
    }
    Entry entry = require(number);
    BytePath set = BootSets.PLACE.resolve(entry.set());
    for (String kernel : PiConfig.kernels(partition(), set)) {
      BytePath initrd = set.resolve(PiConfig.initramfs(kernel));
      if (partition().find(initrd).isEmpty() || !InitrdMaker.countsTries(partition(), initrd)) {
        throw new UntriableException(
            "This kernel doesn't tell the Raspberry Pi's firmware to try a snapshot once, and snapshot"
                + " %d has no initrd for %s that counts its boots".formatted(number, kernel),
            "Debian's own kernels don't, Raspberry Pi OS's do: take one of those, or have the image"
                + " make its initrd by initramfs-tools or dracut; its log beside the snapshot,"
                + " initrd-VERSION.log, says why it can't be made to count.");
      }
    }
    if (OTHER_SCRIPT.matcher(entry.arguments()).find()) {
      throw new UntriableException(
          "The kernel arguments of snapshot %d say boot=, by which its initrd wouldn't count its boots"
              .formatted(number),
          "`tiu kargs` shows where that comes from.");
    }
  }

  /** Rather the default's than none: what the firmware does without the file isn't documented. */
  @Override
  public void disarm() throws IOException {
    reboot.ask(false);
    if (onTrialInConfig().isPresent()) {
      counted.putBack(config);
    }
    if (config.isThere()) {
      FatFiles.replace(partition(), TRYBOOT, config.content());
    }
    counted.forget();
  }

  @Override
  public List<String> firstChange(int number) throws IOException {
    return config.firstChange(lines(require(number)), PiConfig.OVERRIDE);
  }

  @Override
  void switchTo(Entry entry) throws IOException {
    config.requireNoneOf(PiConfig.OVERRIDE, "lines");
    config.write(lines(entry), PiConfig.OVERRIDE);
    disarm();
  }

  private String lines(Entry entry) throws IOException {
    return lines(entry, cmdline(entry));
  }

  private String lines(Entry entry, BytePath cmdline) throws IOException {
    return PiConfig.lines(partition(), BootSets.PLACE.resolve(entry.set()), cmdline);
  }
}

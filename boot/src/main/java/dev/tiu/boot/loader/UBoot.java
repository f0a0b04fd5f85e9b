package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.loader.Entries.Entry;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * U-Boot with a boot script of tiu's, which counts in a file on the boot partition: any build can
 * that reads and writes a FAT and runs {@code boot.scr}, as Debian's do.
 *
 * <pre>
 * boot.scr          the script, the same for every machine
 * tiu/uboot.txt     in its first sector: tiu_default=7. Only Linux writes it
 * tiu/uboot.env     tiu_trial=8, tiu_left=3, with a sum; U-Boot counts there, fw_setenv can
 * tiu/entries/7     what the script needs to start snapshot 7
 * </pre>
 *
 * <p>If the counting file is torn, its sum is wrong, and the default boots.
 */
final class UBoot extends PublishedEntries {
  /** What U-Boot's standard boot looks for, after an extlinux.conf. */
  static final BytePath SCRIPT = BytePath.of("boot.scr");

  private static final BytePath DEFAULT = BootSets.PLACE.resolve("uboot.txt");
  private static final BytePath COUNTER = BootSets.PLACE.resolve("uboot.env");
  private static final Pattern DEFAULT_LINE =
      Pattern.compile("(?m)^tiu_default=([1-9][0-9]{0,8})$");
  private static final String TRIAL = "tiu_trial";
  private static final String LEFT = "tiu_left";

  private final Sector pointer;
  private final UBootEnvironment counter;

  UBoot(Dir partition) {
    super(partition);
    this.pointer = new Sector(partition, DEFAULT);
    this.counter = new UBootEnvironment(partition, COUNTER);
  }

  @Override
  public String name() {
    return "u-boot";
  }

  @Override
  public Counting counting() {
    return Counting.TRIES;
  }

  @Override
  LoaderState decision() throws IOException {
    Matcher line = DEFAULT_LINE.matcher(pointer.lines());
    OptionalInt isDefault =
        line.find() ? OptionalInt.of(Integer.parseInt(line.group(1))) : OptionalInt.empty();
    SortedMap<String, String> variables = counter.read();
    String trial = variables.getOrDefault(TRIAL, "");
    String left = variables.getOrDefault(LEFT, "");
    Optional<LoaderState.Trial> tried =
        trial.matches("[1-9][0-9]{0,8}") && left.matches("[0-9]")
            ? Optional.of(new LoaderState.Trial(Integer.parseInt(trial), Integer.parseInt(left)))
            : Optional.empty();
    return LoaderState.deciding(isDefault, tried);
  }

  @Override
  void offer(SortedMap<Integer, Entry> all) throws IOException {
    FatFiles.replace(partition(), SCRIPT, BootScript.of(SCRIPT_TEXT));
  }

  @Override
  void armPublished(Entry entry, int tries) throws IOException {
    SortedMap<String, String> variables = new TreeMap<>();
    variables.put(TRIAL, Integer.toString(entry.number()));
    variables.put(LEFT, Integer.toString(tries));
    counter.write(variables);
  }

  @Override
  public void disarm() throws IOException {
    counter.write(new TreeMap<>());
  }

  /** The default first: while something is on trial, the trial goes on until that is over. */
  @Override
  void switchTo(Entry entry) throws IOException {
    pointer.write("tiu_default=%d\n".formatted(entry.number()));
    disarm();
  }

  /**
   * What is loaded first goes to where the kernel comes at last. A try is counted before it is
   * made, and not made if it can't be counted.
   */
  private static final String SCRIPT_TEXT =
      """
      setenv tiu_default
      setenv tiu_trial
      setenv tiu_left 0
      if load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} tiu/uboot.txt; then
        env import -t ${kernel_addr_r} ${filesize} tiu_default
      fi
      if load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} tiu/uboot.env; then
        env import -c ${kernel_addr_r} ${filesize} tiu_trial tiu_left
      fi
      setenv tiu_boot "${tiu_default}"
      if test -n "${tiu_trial}" && test "${tiu_left}" -gt 0; then
        setexpr tiu_left ${tiu_left} - 1
        if env export -c -s 0x1000 ${kernel_addr_r} tiu_left tiu_trial; then
          if fatwrite ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} tiu/uboot.env 0x1000; then
            setenv tiu_boot "${tiu_trial} ${tiu_default}"
          fi
        fi
      fi
      for tiu_number in ${tiu_boot}; do
        echo "tiu: snapshot ${tiu_number}, trial ${tiu_trial}, left ${tiu_left}"
        setenv tiu_args
        setenv tiu_set
        setenv tiu_initrd
        setenv tiu_dtbs
        load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} tiu/entries/${tiu_number}
        env import -t ${kernel_addr_r} ${filesize} tiu_args tiu_set tiu_initrd tiu_dtbs
        setenv bootargs "${tiu_args}"
        setenv tiu_fdt "${fdt_addr}"
        if test -n "${tiu_dtbs}" && test -n "${fdtfile}"; then
          if load ${devtype} ${devnum}:${distro_bootpart} ${fdt_addr_r} tiu/${tiu_set}/dtbs/${fdtfile}; then
            setenv tiu_fdt "${fdt_addr_r}"
          fi
        fi
        if load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} tiu/${tiu_set}/linux; then
          setenv tiu_ramdisk -
          if test -n "${tiu_initrd}"; then
            load ${devtype} ${devnum}:${distro_bootpart} ${ramdisk_addr_r} tiu/${tiu_set}/initrd
            setenv tiu_ramdisk "${ramdisk_addr_r}:${filesize}"
          fi
          booti ${kernel_addr_r} ${tiu_ramdisk} ${tiu_fdt}
          bootz ${kernel_addr_r} ${tiu_ramdisk} ${tiu_fdt}
        fi
        echo "tiu: snapshot ${tiu_number} cannot be started"
      done
      sleep 5
      reset
      """;

  static byte[] script() {
    return SCRIPT_TEXT.getBytes(UTF_8);
  }
}

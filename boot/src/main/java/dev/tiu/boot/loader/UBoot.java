package dev.tiu.boot.loader;

import dev.tiu.boot.loader.Entries.Entry;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * U-Boot with a boot script of tiu's, which counts in a file on the boot partition: any build can
 * that reads and writes a FAT and runs {@code boot.scr}, as Debian's do.
 *
 * <pre>
 * tiu/uboot.env     tiu_trial=8, tiu_left=3, with a sum; U-Boot counts there, fw_setenv can
 * </pre>
 *
 * <p>If the counting file is torn, its sum is wrong, and the default boots.
 */
final class UBoot extends ScriptedUBoot {
  private static final BytePath COUNTER = BootSets.PLACE.resolve("uboot.env");
  private static final String TRIAL = "tiu_trial";
  private static final String LEFT = "tiu_left";

  private final UBootEnvironment counter;

  UBoot(Dir partition) {
    super(partition, UBootScript.COUNTS_IN_FILE);
    this.counter = new UBootEnvironment(partition, COUNTER);
  }

  @Override
  public String name() {
    return "u-boot";
  }

  @Override
  LoaderState decision() throws IOException {
    SortedMap<String, String> variables = counter.read();
    String trial = variables.getOrDefault(TRIAL, "");
    String left = variables.getOrDefault(LEFT, "");
    Optional<LoaderState.Trial> tried =
        trial.matches("[1-9][0-9]{0,8}") && left.matches("[0-9]")
            ? Optional.of(new LoaderState.Trial(Integer.parseInt(trial), Integer.parseInt(left)))
            : Optional.empty();
    return LoaderState.deciding(isDefault(), tried);
  }

  @Override
  void armPublished(Entry entry, int tries) throws IOException {
    putScript();
    SortedMap<String, String> variables = new TreeMap<>();
    variables.put(TRIAL, Integer.toString(entry.number()));
    variables.put(LEFT, Integer.toString(tries));
    counter.write(variables);
  }

  @Override
  public void disarm() throws IOException {
    counter.write(new TreeMap<>());
  }

  @Override
  void switchTo(Entry entry) throws IOException {
    point(entry);
    disarm();
  }
}

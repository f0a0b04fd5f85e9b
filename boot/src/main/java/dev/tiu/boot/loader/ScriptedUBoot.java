package dev.tiu.boot.loader;

import dev.tiu.boot.loader.Entries.Entry;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * U-Boot that runs a boot script of tiu's. Where it counts a trial is each one's own.
 *
 * <pre>
 * boot.scr          a sector, which runs the script
 * tiu/boot-….scr    the script, the same for every machine
 * tiu/uboot.txt     in its first sector: tiu_default=7. Only Linux writes it
 * tiu/entries/7     what the script needs to start snapshot 7
 * </pre>
 *
 * <p>The default lies apart from the count, so that nothing which happens to the count takes it
 * away.
 */
abstract class ScriptedUBoot extends PublishedEntries {
  private static final BytePath DEFAULT = BootSets.PLACE.resolve("uboot.txt");
  private static final Pattern DEFAULT_LINE =
      Pattern.compile("(?m)^tiu_default=([1-9][0-9]{0,8})$");

  private final Sector pointer;
  private final UBootScript script;

  ScriptedUBoot(Dir partition, UBootScript script) {
    super(partition);
    this.pointer = new Sector(partition, DEFAULT);
    this.script = script;
  }

  @Override
  public final Counting counting() {
    return Counting.TRIES;
  }

  final OptionalInt isDefault() throws IOException {
    Matcher line = DEFAULT_LINE.matcher(pointer.lines());
    return line.find() ? OptionalInt.of(Integer.parseInt(line.group(1))) : OptionalInt.empty();
  }

  @Override
  final void offer(SortedMap<Integer, Entry> all) throws IOException {
    putScript();
  }

  /** Where it is as it should be already, nothing is written. */
  final void putScript() throws IOException {
    script.onPartition().put(partition(), script.starter());
  }

  /** The default first: while something is on trial, the trial goes on until that is over. */
  final void point(Entry entry) throws IOException {
    pointer.write("tiu_default=%d\n".formatted(entry.number()));
  }
}

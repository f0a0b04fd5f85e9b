package dev.tiu.boot.loader;

import dev.tiu.boot.loader.Entries.Entry;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
 * <p>A script of somebody else's, and an {@code extlinux.conf}, which U-Boot reads first, are put
 * aside when tiu's first default is whole.
 *
 * <p>The default lies apart from the count, so that nothing which happens to the count takes it
 * away.
 */
abstract class ScriptedUBoot extends PublishedEntries {
  private static final BytePath DEFAULT = BootSets.PLACE.resolve("uboot.txt");
  private static final Pattern DEFAULT_LINE =
      Pattern.compile("(?m)^tiu_default=([1-9][0-9]{0,8})$");

  private static final int LARGEST = 1 << 20;

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
  final void requireUsable(BootEntry entry) throws IOException {
    super.requireUsable(entry);
    requireStartableWithoutEfi(entry, List.of(BootFile.KERNEL.toString()));
  }

  /** Without a default the script would start nothing: until then something else starts this. */
  @Override
  final void offer(SortedMap<Integer, Entry> all) throws IOException {
    if (isDefault().isPresent()) {
      putScript();
    }
  }

  /**
   * Where it is as it should be already, nothing is written. What was read before or in its place
   * until now keeps its content, by another name.
   */
  final void putScript() throws IOException {
    if (isForeign()) {
      byte[] before = FatFiles.read(partition(), UBootScript.PATH, LARGEST);
      FatFiles.replace(partition(), kept(UBootScript.PATH), before);
    }
    script.onPartition().put(partition(), script.starter());
    if (partition().find(Extlinux.CONF).isPresent()) {
      FatFiles.rename(partition(), Extlinux.CONF, kept(Extlinux.CONF));
    }
  }

  private boolean isForeign() throws IOException {
    return partition().find(UBootScript.PATH).isPresent()
        && UBootScript.find(partition()).isEmpty();
  }

  private static BytePath kept(BytePath path) {
    return BytePath.of(path + ".before-tiu");
  }

  @Override
  public List<String> firstChange(int number) throws IOException {
    List<String> changes = new ArrayList<>();
    if (isForeign()) {
      changes.add("%s is kept as %s".formatted(UBootScript.PATH, kept(UBootScript.PATH)));
    }
    if (partition().find(Extlinux.CONF).isPresent()) {
      changes.add(
          "%s, which U-Boot reads first, becomes %s".formatted(Extlinux.CONF, kept(Extlinux.CONF)));
    }
    return changes;
  }

  /** The default first: while something is on trial, the trial goes on until that is over. */
  final void point(Entry entry) throws IOException {
    pointer.write("tiu_default=%d\n".formatted(entry.number()));
  }
}

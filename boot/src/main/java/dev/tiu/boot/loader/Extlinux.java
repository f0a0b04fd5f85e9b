package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.BootException;
import dev.tiu.boot.loader.Entries.Entry;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * U-Boot's {@code extlinux/extlinux.conf}, which can't count: a snapshot on trial is the default
 * until somebody says otherwise.
 *
 * <pre>
 * extlinux/extlinux.conf   in its first sector: default tiu-7, and an include for each entry
 * tiu/extlinux/7.conf      the entry
 * </pre>
 */
final class Extlinux extends PublishedEntries {
  static final BytePath CONF = BytePath.of("extlinux/extlinux.conf");

  private static final BytePath PLACE = BootSets.PLACE.resolve("extlinux");
  private static final Pattern DEFAULT = Pattern.compile("(?m)^default tiu-([1-9][0-9]{0,8})$");

  /** The last one counts, and one of these counts as well. */
  private static final Pattern OVERRIDE =
      Pattern.compile("(?mi)^[ \\t]*(default|ontimeout|menu[ \\t]+default)([ \\t].*)?$");

  private static final Pattern FILE = Pattern.compile("[1-9][0-9]{0,8}\\.conf");

  /** As many as fit the sector whatever their numbers; the default is one of them. */
  private static final int MOST = 8;

  private final Sector conf;

  Extlinux(Dir partition) {
    super(partition);
    this.conf = new Sector(partition, CONF);
  }

  @Override
  public String name() {
    return "extlinux";
  }

  @Override
  public Counting counting() {
    return Counting.NONE;
  }

  @Override
  LoaderState decision() throws IOException {
    Matcher line = DEFAULT.matcher(conf.lines());
    OptionalInt isDefault =
        line.find() ? OptionalInt.of(Integer.parseInt(line.group(1))) : OptionalInt.empty();
    return LoaderState.deciding(isDefault, Optional.empty());
  }

  @Override
  void requireUsable(BootEntry entry) throws IOException {
    super.requireUsable(entry);
    requireStartableWithoutEfi(entry, List.of(BootFile.KERNEL.toString()));
  }

  @Override
  void offer(SortedMap<Integer, Entry> all) throws IOException {
    FatFiles.makeDirs(partition(), PLACE);
    LoaderState state = decision();
    Set<String> needed = new HashSet<>();
    for (Entry entry : all.values()) {
      needed.add(file(entry.number()).name().toString());
      put(state, entry, file(entry.number()), text(entry).getBytes(UTF_8));
    }
    if (state.isDefault().isPresent()) {
      point(state.isDefault().getAsInt(), all);
    }
    FatFiles.removeOthers(partition(), PLACE, FILE, needed);
  }

  private void point(int number, SortedMap<Integer, Entry> all) throws IOException {
    conf.write(lines(number, all), OVERRIDE);
  }

  private static String lines(int number, SortedMap<Integer, Entry> all) {
    List<Integer> numbers = new ArrayList<>(all.keySet());
    numbers.sort((a, b) -> a == number ? -1 : b == number ? 1 : b - a);
    StringBuilder lines = new StringBuilder("default tiu-%d\n".formatted(number));
    for (int listed : numbers.subList(0, Math.min(MOST, numbers.size()))) {
      lines.append("include /").append(file(listed)).append('\n');
    }
    return lines.toString();
  }

  private static BytePath file(int number) {
    return PLACE.resolve(number + ".conf");
  }

  private static String text(Entry entry) {
    StringBuilder text = new StringBuilder("label tiu-%d\n".formatted(entry.number()));
    text.append("  menu label ").append(entry.title()).append('\n');
    text.append("  linux ").append(entry.directory()).append("/linux\n");
    if (entry.hasInitrd()) {
      text.append("  initrd ").append(entry.directory()).append("/initrd\n");
    }
    if (entry.hasDeviceTrees()) {
      text.append("  fdtdir ").append(entry.directory()).append("/dtbs\n");
    }
    return text.append("  append ").append(entry.arguments()).append('\n').toString();
  }

  @Override
  void armPublished(Entry entry, int tries) throws BootException {
    throw new BootException(
        "extlinux.conf can't count tries, so that a trial that fails wouldn't end",
        NOT_ON_TRIAL,
        "Take tiu's boot script, [boot] loader = \"u-boot\" in /etc/tiu/tiu.toml, or have new"
            + " snapshots become the default at once: trial = \"never\".");
  }

  @Override
  public void disarm() {
    // Nothing is ever on trial.
  }

  @Override
  public List<String> firstChange(int number) throws IOException {
    return conf.firstChange(lines(number, published()), OVERRIDE);
  }

  @Override
  public void requireReady() throws IOException {
    conf.requireNoneOf(OVERRIDE, "default");
  }

  @Override
  void switchTo(Entry entry) throws IOException {
    requireReady();
    point(entry.number(), published());
  }
}

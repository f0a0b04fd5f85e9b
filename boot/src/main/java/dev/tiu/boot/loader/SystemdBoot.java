package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.BootException;
import dev.tiu.boot.loader.Entries.Entry;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * systemd-boot, by entries of the Boot Loader Specification, type 1.
 *
 * <pre>
 * loader/loader.conf                in its first sector, what decides:
 *   default tiu-7[.+]*                snapshot 7
 *   default tiu-[0-9]*                what is on trial while it has tries left, then 7
 * loader/entries/tiu-7.conf         the default
 * loader/entries/tiu-8+3-0.conf     on trial; systemd-boot renames it to tiu-8+2-1.conf, …
 * loader/entries/tiu-old-5.conf     any other
 * </pre>
 *
 * <p>A default in loader.conf is a pattern, and of the entries that match it the first in the
 * menu's order counts. That order puts entries without tries at the end, and then those of a higher
 * {@code version} first; so each trial gets one that is higher than all others. The patterns match
 * only the default and the trial, whatever else lies there.
 */
final class SystemdBoot extends PublishedEntries {
  private static final BytePath CONF = BytePath.of("loader/loader.conf");
  private static final BytePath PLACE = BytePath.of("loader/entries");
  private static final Pattern FILE =
      Pattern.compile("tiu-(old-)?([1-9][0-9]{0,8})(\\+([0-9]+)(-[0-9]+)?)?\\.conf");
  private static final Pattern ONE =
      Pattern.compile("(?m)^default tiu-([1-9][0-9]{0,8})\\[\\.\\+\\]\\*$");
  private static final Pattern TRIAL = Pattern.compile("(?m)^default tiu-\\[0-9\\]\\*$");
  private static final Pattern RANK = Pattern.compile("(?m)^version ([0-9]{1,9})$");
  private static final Pattern OVERRIDE = Pattern.compile("(?m)^[ \\t]*default[ \\t].*$");
  private static final int LIMIT = 16 << 10;

  private final Sector conf;
  private final LoaderVariables variables;

  SystemdBoot(Dir partition, LoaderVariables variables) {
    super(partition);
    this.conf = new Sector(partition, CONF);
    this.variables = variables;
  }

  @Override
  public String name() {
    return "systemd-boot";
  }

  /** U-Boot's EFI can't rename a file: there the counter stands still. */
  @Override
  public Counting counting() {
    return variables.firmware().filter(f -> f.contains("U-Boot")).isPresent()
        ? Counting.NONE
        : Counting.TRIES;
  }

  /** A file of an entry, by its name. */
  private record Found(BytePath name, boolean old, int number, OptionalInt triesLeft) {}

  private List<Found> found() throws IOException {
    List<Found> all = new ArrayList<>();
    if (partition().find(PLACE).isEmpty()) {
      return all;
    }
    try (Dir place = partition().openDir(PLACE)) {
      for (DirEntry entry : place.list()) {
        Matcher file = FILE.matcher(entry.name().toString());
        if (file.matches()) {
          OptionalInt left =
              file.group(4) == null
                  ? OptionalInt.empty()
                  : OptionalInt.of(Integer.parseInt(file.group(4)));
          int number = Integer.parseInt(file.group(2));
          all.add(new Found(entry.name(), file.group(1) != null, number, left));
        }
      }
    }
    return all;
  }

  @Override
  LoaderState decision() throws IOException {
    String lines = conf.lines();
    Matcher one = ONE.matcher(lines);
    if (one.find()) {
      int number = Integer.parseInt(one.group(1));
      return LoaderState.deciding(OptionalInt.of(number), Optional.empty());
    }
    if (!TRIAL.matcher(lines).find()) {
      return LoaderState.deciding(OptionalInt.empty(), Optional.empty());
    }
    return ofTrial();
  }

  private LoaderState ofTrial() throws IOException {
    OptionalInt isDefault = OptionalInt.empty();
    int lowest = Integer.MAX_VALUE;
    Optional<LoaderState.Trial> trial = Optional.empty();
    for (Found file : found()) {
      if (file.old()) {
        continue;
      }
      int number = file.number();
      int rank = rank(PLACE.resolve(file.name()));
      if (file.triesLeft().isPresent()) {
        trial = Optional.of(new LoaderState.Trial(number, file.triesLeft().getAsInt()));
      } else if (rank < lowest) {
        // Of two without a counter, systemd-bless-boot took it from what is on trial.
        if (isDefault.isPresent()) {
          trial = Optional.of(new LoaderState.Trial(isDefault.getAsInt(), 1));
        }
        isDefault = OptionalInt.of(number);
        lowest = rank;
      } else {
        trial = Optional.of(new LoaderState.Trial(number, 1));
      }
    }
    return LoaderState.deciding(isDefault, trial);
  }

  /** Every entry has one file, named for its part; what lies there of others goes. */
  @Override
  void offer(SortedMap<Integer, Entry> all) throws IOException {
    FatFiles.makeDirs(partition(), PLACE);
    LoaderState state = decision();
    for (Found file : found()) {
      boolean isTrial = state.trial().filter(t -> t.number() == file.number()).isPresent();
      boolean fits =
          all.containsKey(file.number())
              && (isTrial
                  ? !file.old() && file.triesLeft().isPresent()
                  : file.name().equals(settled(file.number(), state)));
      if (!fits) {
        rename(file, all, state);
      }
    }
    for (Entry entry : all.values()) {
      boolean isTrial = state.trial().filter(t -> t.number() == entry.number()).isPresent();
      if (!isTrial) {
        BytePath path = PLACE.resolve(settled(entry.number(), state));
        put(state, entry, path, text(entry, rank(path)));
      }
    }
  }

  /** To the name that it has when it isn't on trial, if that is free; else it is one too many. */
  private void rename(Found file, SortedMap<Integer, Entry> all, LoaderState state)
      throws IOException {
    try (Dir place = partition().openDir(PLACE)) {
      BytePath settled = settled(file.number(), state);
      if (all.containsKey(file.number()) && place.find(settled).isEmpty()) {
        FatFiles.rename(place, file.name(), settled);
      } else {
        place.unlink(file.name());
        place.sync();
      }
    }
  }

  private static BytePath settled(int number, LoaderState state) {
    boolean isDefault = state.isDefault().orElse(0) == number;
    return BytePath.of((isDefault ? "tiu-" : "tiu-old-") + number + ".conf");
  }

  @Override
  void armPublished(Entry entry, int tries) throws IOException {
    if (counting() == Counting.NONE) {
      throw new BootException(
          "This machine's firmware is U-Boot, under which systemd-boot doesn't count tries, so that a"
              + " trial that fails wouldn't end",
          NOT_ON_TRIAL,
          "Use U-Boot itself as the boot loader: [boot] loader = \"u-boot\" in /etc/tiu/tiu.toml.");
    }
    requireReady();
    int rank = 1;
    for (Found file : found()) {
      rank = Math.max(rank, rank(PLACE.resolve(file.name())) + 1);
    }
    // Of the same length as what systemd-boot makes of it, so that a FAT's entry stays in its
    // place.
    BytePath armed = PLACE.resolve("tiu-%d+%d-0.conf".formatted(entry.number(), tries));
    FatFiles.replace(partition(), armed, text(entry, rank));
    BytePath settled = PLACE.resolve(settled(entry.number(), decision()));
    if (partition().removeIfThere(settled)) {
      FatFiles.sync(partition(), PLACE);
    }
    conf.write("default tiu-[0-9]*\n", OVERRIDE);
  }

  @Override
  public void disarm() throws IOException {
    LoaderState state = decision();
    if (state.trial().isPresent() && state.isDefault().isPresent()) {
      conf.write(only(state.isDefault().getAsInt()));
    }
    // What had tries keeps its name until the next publication; nothing matches it now.
    if (state.isDefault().isPresent()) {
      offer(published());
    }
  }

  @Override
  void switchTo(Entry entry) throws IOException {
    requireReady();
    int number = entry.number();
    boolean matches = found().stream().anyMatch(f -> !f.old() && f.number() == number);
    if (!matches) {
      BytePath path = PLACE.resolve("tiu-" + number + ".conf");
      FatFiles.makeDirs(partition(), PLACE);
      FatFiles.replace(partition(), path, text(entry, 0));
    }
    conf.write(only(number), OVERRIDE);
  }

  @Override
  public List<String> firstChange(int number) throws IOException {
    return conf.firstChange(only(number), OVERRIDE);
  }

  private static String only(int number) {
    return "default tiu-%d[.+]*\n".formatted(number);
  }

  @Override
  public void requireReady() throws IOException {
    conf.requireNoneOf(OVERRIDE, "default");
    Optional<String> chosen = variables.defaultEntry();
    if (chosen.isPresent()) {
      throw new BootException(
          "The machine's firmware has a default of its own for systemd-boot, " + chosen.get(),
          "That counts more. " + FatFiles.AS_IT_WAS,
          "`bootctl set-default \"\"` takes it away.");
    }
  }

  /** What orders it in the menu: that of the file there, or the lowest. */
  private int rank(BytePath path) throws IOException {
    Matcher rank = RANK.matcher(new String(FatFiles.read(partition(), path, LIMIT), UTF_8));
    return rank.find() ? Integer.parseInt(rank.group(1)) : 0;
  }

  private static byte[] text(Entry entry, int rank) {
    StringBuilder text = new StringBuilder();
    text.append("title ").append(entry.title()).append("\nsort-key tiu\n");
    text.append("version ").append(rank).append('\n');
    text.append("linux ").append(entry.directory()).append("/linux\n");
    if (entry.hasInitrd()) {
      text.append("initrd ").append(entry.directory()).append("/initrd\n");
    }
    text.append("options ").append(entry.arguments()).append('\n');
    return text.toString().getBytes(UTF_8);
  }
}

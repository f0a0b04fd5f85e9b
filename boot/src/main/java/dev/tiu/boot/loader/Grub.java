package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * GRUB 2. What grub.cfg of the machine has to say is two lines, which find the boot partition and
 * then {@code source /tiu/grub.cfg}; that file and what it reads are tiu's. Where the machine had a
 * GRUB before, {@link GrubHook} adds them, as the last step of becoming what boots.
 *
 * <pre>
 * tiu/grub.cfg     a sector, which runs the script
 * tiu/grub-….cfg   the script, the same for every machine: counts, then boots
 * tiu/grub.env     GRUB's environment block; tiu_default, tiu_trial, tiu_left in its first sector
 * tiu/grub/7.cfg   how to start snapshot 7
 * tiu/menu.cfg     the older ones, for people
 * </pre>
 *
 * <p>A try is counted before it is made, and not made if it can't be counted.
 */
final class Grub extends PublishedEntries {
  /** Where the script lies that grub.cfg has to source. */
  static final BytePath SCRIPT = BootSets.PLACE.resolve("grub.cfg");

  private static final BytePath ENVIRONMENT = BootSets.PLACE.resolve("grub.env");
  private static final BytePath STARTS = BootSets.PLACE.resolve("grub");
  private static final BytePath MENU = BootSets.PLACE.resolve("menu.cfg");
  private static final Pattern START = Pattern.compile("[1-9][0-9]{0,8}\\.cfg");
  private static final String DEFAULT = "tiu_default";
  private static final String TRIAL = "tiu_trial";
  private static final String LEFT = "tiu_left";

  private final GrubEnvironment environment;
  private final GrubHook hook;

  Grub(Dir partition) {
    super(partition);
    this.environment = new GrubEnvironment(partition, ENVIRONMENT);
    this.hook = new GrubHook(partition);
  }

  @Override
  public String name() {
    return "grub";
  }

  @Override
  public Counting counting() {
    return Counting.TRIES;
  }

  @Override
  LoaderState decision() throws IOException {
    SortedMap<String, String> variables = environment.read();
    OptionalInt trial = number(variables, TRIAL);
    Optional<LoaderState.Trial> tried =
        trial.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new LoaderState.Trial(trial.getAsInt(), number(variables, LEFT).orElse(0)));
    return LoaderState.deciding(number(variables, DEFAULT), tried);
  }

  private static OptionalInt number(SortedMap<String, String> variables, String name) {
    String text = variables.getOrDefault(name, "");
    return text.matches("[0-9]{1,9}")
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }

  @Override
  void offer(SortedMap<Integer, Entry> all) throws IOException {
    FatFiles.makeDirs(partition(), STARTS);
    LoaderState state = decision();
    Set<String> needed = new HashSet<>();
    for (Entry entry : all.values()) {
      needed.add(start(entry.number()).name().toString());
      put(state, entry, start(entry.number()), commands(entry).getBytes(UTF_8));
    }
    FatFiles.replace(partition(), MENU, menu(all).getBytes(UTF_8));
    LoaderScript script = new LoaderScript(SCRIPT, script().getBytes(UTF_8));
    script.put(partition(), starter(script.place()));
    FatFiles.removeOthers(partition(), STARTS, START, needed);
  }

  private static byte[] starter(BytePath script) {
    String text =
        "# Made by tiu, which makes it anew: changes here are lost.\nsource /%s\n"
            .formatted(script);
    return (text + "#".repeat(Sector.SIZE - text.length())).getBytes(UTF_8);
  }

  private static BytePath start(int number) {
    return STARTS.resolve(number + ".cfg");
  }

  @Override
  public List<String> firstChange(int number) throws IOException {
    return hook.changes().stream().flatMap(change -> change.lines().stream()).toList();
  }

  @Override
  public void requireReady() throws IOException {
    List<GrubHook.Change> unused = hook.changes();
  }

  @Override
  void armPublished(Entry entry, int tries) throws IOException {
    hook.make(hook.changes());
    SortedMap<String, String> variables = new TreeMap<>(environment.read());
    variables.put(TRIAL, Integer.toString(entry.number()));
    variables.put(LEFT, Integer.toString(tries));
    environment.write(variables);
  }

  @Override
  public void disarm() throws IOException {
    SortedMap<String, String> variables = new TreeMap<>(environment.read());
    variables.remove(TRIAL);
    variables.remove(LEFT);
    environment.write(variables);
  }

  @Override
  void switchTo(Entry entry) throws IOException {
    List<GrubHook.Change> changes = hook.changes();
    SortedMap<String, String> variables = new TreeMap<>(environment.read());
    variables.put(DEFAULT, Integer.toString(entry.number()));
    variables.remove(TRIAL);
    variables.remove(LEFT);
    environment.write(variables);
    hook.make(changes);
  }

  @Override
  void requireUsable(BootEntry entry) throws IOException {
    if (entry.inPlace().isEmpty()) {
      super.requireUsable(entry);
    }
  }

  private static String commands(Entry entry) {
    if (entry.inPlace().isPresent()) {
      return onBtrfs(entry, entry.inPlace().get());
    }
    Optional<String> initrd =
        entry.hasInitrd() ? Optional.of(entry.directory() + "/initrd") : Optional.empty();
    return commands(entry, entry.directory() + "/linux", initrd);
  }

  private static String commands(Entry entry, String kernel, Optional<String> initrd) {
    StringBuilder text = new StringBuilder("linux ").append(kernel);
    for (String argument : words(entry.arguments())) {
      text.append(' ').append(quoted(argument));
    }
    text.append('\n');
    initrd.ifPresent(file -> text.append("initrd ").append(file).append('\n'));
    return text.toString();
  }

  /**
   * GRUB's paths on a btrfs begin at its top level. SUSE's begin at the default subvolume where a
   * variable says so, which its own grub.cfg sets.
   */
  private static String onBtrfs(Entry entry, InPlace there) {
    return """
    set tiu_relative="${btrfs_relative_path}"
    set btrfs_relative_path=n
    search --no-floppy --fs-uuid --set=tiu_btrfs %s
    """
            .formatted(there.fileSystem())
        + commands(entry, onBtrfs(there.kernel()), there.initrd().map(Grub::onBtrfs))
        + "set btrfs_relative_path=\"${tiu_relative}\"\n";
  }

  private static String onBtrfs(BytePath path) {
    return "\"(${tiu_btrfs})\"" + quoted("/" + path);
  }

  /** The arguments as the kernel separates them: by spaces that aren't in double quotes. */
  static List<String> words(String arguments) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    for (char c : (arguments + " ").toCharArray()) {
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ' ' && !quoted) {
        if (!word.isEmpty()) {
          words.add(word.toString());
          word.setLength(0);
        }
      } else {
        word.append(c);
      }
    }
    return words;
  }

  /** So that GRUB's shell takes it as it is; GRUB itself quotes what has spaces for the kernel. */
  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  private static String menu(SortedMap<Integer, Entry> all) {
    StringBuilder text = new StringBuilder("submenu 'Other snapshots' --id tiu-others {\n");
    List<Entry> newestFirst = new ArrayList<>(all.values());
    newestFirst.sort((a, b) -> b.number() - a.number());
    for (Entry entry : newestFirst) {
      text.append("  menuentry %s --id tiu-%d {\n".formatted(quoted(entry.title()), entry.number()))
          .append("    set root=\"${tiu_root}\"\n    source /")
          .append(start(entry.number()))
          .append("\n  }\n");
    }
    return text.append("}\n").toString();
  }

  /** GRUB's shell can't subtract. */
  private static String script() {
    StringBuilder less = new StringBuilder();
    for (int left = 1; left <= 9; left++) {
      less.append(
          "  %s [ \"${tiu_left}\" = \"%d\" ]; then set tiu_left=%d\n"
              .formatted(left == 1 ? "if" : "elif", left, left - 1));
    }
    return """
    set tiu_root="${root}"
    set tiu_default=
    set tiu_trial=
    set tiu_left=0
    load_env --file /tiu/grub.env tiu_default tiu_trial tiu_left
    set tiu_boot="${tiu_default}"
    if [ -n "${tiu_trial}" -a "${tiu_left}" != "0" ]; then
    %s  else set tiu_left=0
      fi
      if save_env --file /tiu/grub.env tiu_left; then
        set tiu_boot="${tiu_trial}"
      fi
    fi
    export tiu_root
    export tiu_boot
    export tiu_default
    if [ -z "${timeout}" ]; then
      set timeout=2
    fi
    set default=tiu
    set fallback=tiu-default
    menuentry "Snapshot ${tiu_boot}" --id tiu {
      echo "tiu: snapshot ${tiu_boot}"
      set root="${tiu_root}"
      source /tiu/grub/${tiu_boot}.cfg
    }
    menuentry "Snapshot ${tiu_default}, the default" --id tiu-default {
      echo "tiu: snapshot ${tiu_default}"
      set root="${tiu_root}"
      source /tiu/grub/${tiu_default}.cfg
    }
    if [ -f /tiu/menu.cfg ]; then
      source /tiu/menu.cfg
    fi
    """
        .formatted(less);
  }
}

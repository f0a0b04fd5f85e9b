package dev.tiu.boot.loader;

import static dev.tiu.boot.loader.BoardEnvironment.BEYOND;
import static dev.tiu.boot.loader.BoardEnvironment.COUNT;
import static dev.tiu.boot.loader.BoardEnvironment.FRESH;
import static dev.tiu.boot.loader.BoardEnvironment.LIMIT;
import static dev.tiu.boot.loader.BoardEnvironment.TRIAL;
import static dev.tiu.boot.loader.BoardEnvironment.UPGRADE;

import dev.tiu.boot.BootException;
import dev.tiu.boot.loader.Entries.Entry;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * U-Boot that counts by itself ({@code CONFIG_BOOTCOUNT_LIMIT}), with the trial in its board's
 * environment, and tiu's boot script:
 *
 * <pre>
 * tiu_trial=8            what is tried, until bootcount is beyond bootlimit
 * upgrade_available=1    a count in the environment goes on
 * bootcount=0            which U-Boot counts up
 * bootlimit=3            what U-Boot compares it with
 * altbootcmd=run bootcmd what it runs beyond that: the script, which takes the default then
 * tiu_fresh=yes          until the first try
 * </pre>
 *
 * <p>All of it is written at once, into the copy that doesn't count yet. altbootcmd stays when the
 * trial is over, since U-Boot stops where it has passed the limit and there is none: a count in a
 * register goes on with each boot.
 */
final class UBootBootcount extends ScriptedUBoot {
  private static final String DEFAULT_BOOTS = "run bootcmd";
  private static final String NUMBER = "[1-9][0-9]{0,8}";

  private final BoardEnvironment environment;
  private final Optional<BootCount> present;

  /**
   * @param present what U-Boot has said of this boot
   */
  UBootBootcount(Dir partition, BoardEnvironment environment, Optional<BootCount> present) {
    super(partition, UBootScript.COUNTED_BY_BUILD);
    this.environment = environment;
    this.present = present;
  }

  @Override
  public String name() {
    return "u-boot-bootcount";
  }

  @Override
  LoaderState decision() throws IOException {
    SortedMap<String, String> variables = environment.read();
    String trial = variables.getOrDefault(TRIAL, "");
    String limit = variables.getOrDefault(LIMIT, "");
    boolean isTried =
        trial.matches(NUMBER)
            && limit.matches(NUMBER)
            && variables.getOrDefault(UPGRADE, "").equals("1");
    return LoaderState.deciding(
        isDefault(),
        isTried
            ? Optional.of(
                new LoaderState.Trial(
                    Integer.parseInt(trial),
                    Math.max(0, Integer.parseInt(limit) - count(variables))))
            : Optional.empty());
  }

  private static int count(SortedMap<String, String> variables) {
    String count = variables.getOrDefault(COUNT, "");
    return count.matches(NUMBER) ? Integer.parseInt(count) : 0;
  }

  /**
   * Whether this U-Boot is known to count, and can be told of trials: it has set a count that the
   * saved environment hasn't got. What only lies in that environment proves nothing, since a build
   * that doesn't count keeps what somebody wrote there.
   */
  boolean hasShownThatItCounts() throws IOException {
    if (present.filter(BootCount::isCounted).isEmpty()) {
      return false;
    }
    try {
      requireReady();
      return count(environment.read()) == 0;
    } catch (BootException e) {
      return false;
    }
  }

  @Override
  public void requireReady() throws IOException {
    environment.requireSafe();
    if (present.filter(count -> !count.isCounted()).isPresent()) {
      throw new BootException(
          "U-Boot hasn't counted this boot: it was built without CONFIG_BOOTCOUNT_LIMIT",
          NOT_ON_TRIAL,
          "Have tiu's boot script count in a file: [boot] loader = \"u-boot\" in"
              + " /etc/tiu/tiu.toml.");
    }
    String beyond = environment.read().getOrDefault(BEYOND, DEFAULT_BOOTS);
    if (!beyond.equals(DEFAULT_BOOTS)) {
      throw new BootException(
          "U-Boot's environment has an altbootcmd that isn't tiu's: '%s'".formatted(beyond),
          NOT_ON_TRIAL,
          "If a trial that failed needn't run it, `fw_setenv altbootcmd '%s'`; else have tiu's boot"
                  .formatted(DEFAULT_BOOTS)
              + " script count in a file: [boot] loader = \"u-boot\" in /etc/tiu/tiu.toml.");
    }
  }

  @Override
  void armPublished(Entry entry, int tries) throws IOException {
    requireReady();
    putScript();
    SortedMap<String, String> variables = new TreeMap<>();
    variables.put(TRIAL, Integer.toString(entry.number()));
    variables.put(FRESH, "yes");
    variables.put(UPGRADE, "1");
    variables.put(COUNT, "0");
    variables.put(LIMIT, Integer.toString(tries));
    variables.put(BEYOND, DEFAULT_BOOTS);
    environment.write(variables);
  }

  /** A flash isn't written where nothing was on trial. */
  @Override
  public void disarm() throws IOException {
    SortedMap<String, String> variables = environment.read();
    if (variables.containsKey(TRIAL)
        || !variables.getOrDefault(UPGRADE, "0").equals("0")
        || count(variables) != 0) {
      SortedMap<String, String> changes = new TreeMap<>();
      changes.put(TRIAL, "");
      changes.put(FRESH, "");
      changes.put(UPGRADE, "0");
      changes.put(COUNT, "0");
      environment.write(changes);
    }
  }

  /** An environment that can't be read shows before anything is changed. */
  @Override
  void switchTo(Entry entry) throws IOException {
    SortedMap<String, String> unused = environment.read();
    point(entry);
    disarm();
  }
}

package dev.tiu.boot.loader;

import dev.tiu.boot.loader.LoaderState.Trial;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A trial on a Raspberry Pi whose kernel can't ask for one: config.txt names the snapshot on trial,
 * and its initrd counts ({@code count-try} beside {@code dev.tiu.boot.initrd}), or puts the default
 * back.
 *
 * <pre>
 * config.txt         cmdline=/tiu/cmdline/8-….-trial.txt: 8 is on trial
 * tiu/config.back    the default's 512 bytes of config.txt
 * tiu/tries          512 bytes: trial=8, left=3
 * </pre>
 *
 * <p>config.txt alone says whether something is on trial. Of a counter that isn't there, is damaged
 * or of another snapshot, none is left: so it ends. A counter that has none left beside a
 * config.txt of the default is that of a trial that has ended so.
 */
final class InitrdTrial {
  private static final BytePath BACK = BootSets.PLACE.resolve("config.back");
  private static final BytePath TRIES = BootSets.PLACE.resolve("tries");
  private static final Pattern COUNTER =
      Pattern.compile("^trial=([1-9][0-9]{0,8})\nleft=([0-9])\n");

  private final Sector back;
  private final Sector tries;

  InitrdTrial(Dir partition) {
    this.back = new Sector(partition, BACK);
    this.tries = new Sector(partition, TRIES);
  }

  /** The lines of what boots when the trial has ended. */
  String defaultLines() throws IOException {
    return back.lines();
  }

  /** What config.txt names and how often it is still tried. */
  Trial running(int number) throws IOException {
    return new Trial(
        number, counter().filter(t -> t.number() == number).map(Trial::triesLeft).orElse(0));
  }

  /** One whose boots were used up, and after which the default was put back. */
  Optional<Trial> over(OptionalInt isDefault) throws IOException {
    return counter()
        .filter(trial -> trial.triesLeft() == 0 && trial.number() != isDefault.orElse(0));
  }

  private Optional<Trial> counter() throws IOException {
    Matcher counter = COUNTER.matcher(tries.lines());
    return counter.find()
        ? Optional.of(
            new Trial(Integer.parseInt(counter.group(1)), Integer.parseInt(counter.group(2))))
        : Optional.empty();
  }

  /** What comes before the one switch: config.txt of the default, kept, and the counter. */
  void prepare(Sector config, int number, int left) throws IOException {
    back.writeBlock(config.block().orElseThrow());
    tries.write("trial=%d\nleft=%d\n".formatted(number, left));
  }

  /** No boot of it is left. */
  void useUp(int number) throws IOException {
    tries.write("trial=%d\nleft=0\n".formatted(number));
  }

  /** Puts the default back. */
  void putBack(Sector config) throws IOException {
    Optional<byte[]> block = back.block();
    if (block.isEmpty()) {
      throw new UntriableException(
          "tiu/config.back on the boot partition, which says what the default was, is missing or"
              + " damaged, so that the trial can't be called off",
          "`tiu rollback NUMBER` of the snapshot that shall boot ends it.");
    }
    config.writeBlock(block.get());
  }

  /** Nothing is counted any more. */
  void forget() throws IOException {
    if (tries.isThere()) {
      tries.write("");
    }
  }
}

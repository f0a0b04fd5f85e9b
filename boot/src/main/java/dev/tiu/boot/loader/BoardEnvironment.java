package dev.tiu.boot.loader;

import dev.tiu.boot.BootException;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The environment that U-Boot keeps for its board, as far as it is about trials. */
interface BoardEnvironment {
  String TRIAL = "tiu_trial";

  /** There until the first try: the count may have begun before the trial. */
  String FRESH = "tiu_fresh";

  /** Without it a count in the environment doesn't go on. */
  String UPGRADE = "upgrade_available";

  String COUNT = "bootcount";
  String LIMIT = "bootlimit";

  /** What U-Boot runs in place of bootcmd when the limit is passed. */
  String BEYOND = "altbootcmd";

  /** All of these. The one that may be somebody else's text is the last. */
  List<String> NAMES = List.of(TRIAL, FRESH, UPGRADE, COUNT, LIMIT, BEYOND);

  /** Of another machine: out of reach. */
  BoardEnvironment NONE =
      new BoardEnvironment() {
        @Override
        public SortedMap<String, String> read() {
          return new TreeMap<>();
        }

        @Override
        public void write(SortedMap<String, String> changes) throws BootException {
          requireSafe();
        }

        @Override
        public void requireSafe() throws BootException {
          throw new BootException(
              "U-Boot counts in an environment that only its own machine reaches",
              PublishedEntries.NOT_ON_TRIAL,
              "Make the snapshot the default, or begin the trial on the machine itself.");
        }
      };

  /** Those of {@link #NAMES} that are set. */
  SortedMap<String, String> read() throws IOException;

  /**
   * Sets variables all at once, whatever happens meanwhile; those with an empty value go.
   *
   * @throws BootException if that can't be done; then all are as they were
   */
  void write(SortedMap<String, String> changes) throws IOException;

  /**
   * Checks that it can be written, and that a write can't lose it: that there are two copies, of
   * which one stays while the other is written, and that one of them counts.
   *
   * @throws BootException if not
   */
  void requireSafe() throws IOException;
}

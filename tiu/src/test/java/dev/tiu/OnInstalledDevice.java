package dev.tiu;

import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests that begin with the first of the sample systems on a disk. */
abstract class OnInstalledDevice {
  private static final Tiu TIU = Tiu.now();

  @TempDir static Path directory;
  static SampleSystems samples;

  private BtrfsDisk disk;

  @BeforeAll
  static void makeSamples() throws IOException {
    samples = SampleSystems.make(directory, TIU);
  }

  @BeforeEach
  final void installFirst() throws IOException {
    disk = BtrfsDisk.create(512 << 20);
    run("install", samples.v1()).orFail();
  }

  @AfterEach
  final void closeDisk() throws IOException {
    disk.close();
  }

  /** Runs a command with the options that say on which disk, and whom to trust. */
  final Tiu.Outcome run(Object... arguments) {
    return runBy(TIU, arguments);
  }

  /** The same in another environment. */
  final Tiu.Outcome runBy(Tiu tiu, Object... arguments) {
    List<Object> all = new ArrayList<>(List.of(arguments));
    int words = arguments[0].equals("etc") ? 2 : 1;
    all.addAll(words, List.of("--sysroot", disk.mountPoint()));
    if (List.of("install", "update", "preview").contains(arguments[words - 1])) {
      all.addAll(words, List.of("--keyring", samples.keyring()));
    }
    return tiu.run(all.toArray());
  }

  final BtrfsDisk disk() {
    return disk;
  }

  /** Where the disk is mounted. */
  final Path top() {
    return disk.mountPoint();
  }

  /** The directory of a snapshot. */
  final Path place(int number) {
    return top().resolve("@/.snapshots/" + number);
  }

  /** The live /etc of a snapshot. */
  final Path etc(int number) {
    return place(number).resolve("snapshot/etc");
  }
}

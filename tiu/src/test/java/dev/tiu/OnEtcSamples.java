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

/** Tests that begin with the first of the systems of {@link EtcSamples} on a disk. */
abstract class OnEtcSamples {
  private static final Tiu TIU = Tiu.now();

  @TempDir static Path directory;
  static EtcSamples samples;

  private BtrfsDisk disk;

  @BeforeAll
  static void pack() throws IOException {
    samples = EtcSamples.make(directory, TIU);
  }

  @BeforeEach
  final void installFirst() throws IOException {
    disk = BtrfsDisk.create(512 << 20);
    run("install", "--keyring", samples.keyring(), samples.first()).orFail();
  }

  @AfterEach
  final void closeDisk() throws IOException {
    disk.close();
  }

  /** Runs a command with the option that says on which disk. */
  final Tiu.Outcome run(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--sysroot", disk.mountPoint()));
    return TIU.run(all.toArray());
  }

  final void update() {
    run("update", "--keyring", samples.keyring(), samples.second()).orFail();
  }

  final BtrfsDisk disk() {
    return disk;
  }

  /** The directory of a snapshot. */
  final Path place(int number) {
    return disk.mountPoint().resolve("@/.snapshots/" + number);
  }

  /** The live /etc of a snapshot. */
  final Path etc(int number) {
    return place(number).resolve("snapshot/etc");
  }
}

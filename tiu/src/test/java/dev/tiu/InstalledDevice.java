package dev.tiu;

import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A disk with the first of the sample systems on it, and commands that work on it. */
final class InstalledDevice implements AutoCloseable {
  private final SampleSystems samples;
  private final BtrfsDisk disk;

  private InstalledDevice(SampleSystems samples, BtrfsDisk disk) {
    this.samples = samples;
    this.disk = disk;
  }

  static InstalledDevice of(SampleSystems samples, Tiu tiu) throws IOException {
    InstalledDevice device = new InstalledDevice(samples, BtrfsDisk.create(512 << 20));
    device.run(tiu, "install", samples.v1()).orFail();
    return device;
  }

  /** Runs a command with the options that say on which disk, and whom to trust. */
  Tiu.Outcome run(Tiu tiu, Object... arguments) {
    List<Object> all = new ArrayList<>(List.of(arguments));
    int words = arguments[0].equals("etc") ? 2 : 1;
    all.addAll(words, List.of("--sysroot", disk.mountPoint()));
    if (List.of("install", "update", "preview").contains(arguments[words - 1])) {
      all.addAll(words, List.of("--keyring", samples.keyring()));
    }
    return tiu.run(all.toArray());
  }

  Path top() {
    return disk.mountPoint();
  }

  /** The directory of a snapshot. */
  Path place(int number) {
    return top().resolve("@/.snapshots/" + number);
  }

  /** The live /etc of a snapshot. */
  Path etc(int number) {
    return place(number).resolve("snapshot/etc");
  }

  @Override
  public void close() throws IOException {
    disk.close();
  }
}

package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.Trust;
import dev.tiu.bundle.http.HttpSource;
import dev.tiu.bundle.http.Transfer;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.SnapshotStore;
import dev.tiu.verity.Keyring;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** An update from a server, as a process of its own that can be killed. */
final class RemoteUpdate {
  /** One thread, so that what is killed is always at the same place. */
  static final UpdateTransaction.Options PLAIN = options(false);

  /** The same, for an image that is there already. */
  static final UpdateTransaction.Options AGAIN = options(true);

  private RemoteUpdate() {}

  private static UpdateTransaction.Options options(boolean force) {
    return new UpdateTransaction.Options(
        Optional.empty(), false, force, false, 1, Optional.empty());
  }

  /** Takes the bundle's address, the mounted top level and the keyring. */
  public static void main(String[] arguments) throws IOException {
    run(URI.create(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]), PLAIN, Deltas.NONE);
  }

  static String run(
      URI bundle, Path top, Path keyring, UpdateTransaction.Options options, Deltas deltas)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Console console = new Console(out, OutputStream.nullOutputStream());
    Transfer transfer =
        Transfer.of(top, "tiu/test").withRetries(1, Duration.ofSeconds(5)).withWindow(2, 1 << 20);
    Trust trust = Trust.signed(Keyring.load(keyring), Instant.now());
    try (Bundle image = Bundle.open(HttpSource.open(bundle, transfer), trust);
        Device device = Device.ofSysroot(top);
        SnapshotStore store = device.snapshots()) {
      new UpdateTransaction(
              device,
              store,
              Boot.withoutLoader(device, store),
              image,
              deltas,
              options,
              console,
              Clock.systemUTC())
          .run();
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}

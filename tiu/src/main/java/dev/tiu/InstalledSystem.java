package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.BundleException;
import dev.tiu.bundle.Version;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Machine;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.ImageReference;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import dev.tiu.verity.VerityException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The system of a device that an update starts from, and what decides which images are for it.
 *
 * @param names that the device answers to
 * @param architectures that an image must have: as the machine says, and as the record does
 * @param version of the installed image, if anything still says it
 * @param damage what is wrong with the snapshot's record
 */
record InstalledSystem(
    Snapshot base,
    Configuration configuration,
    List<String> names,
    List<String> architectures,
    Optional<Version> version,
    Optional<String> damage) {

  InstalledSystem {
    names = List.copyOf(names);
    architectures = List.copyOf(architectures);
  }

  /**
   * Finds it: the system that runs, or on a disk that doesn't run, the one that would.
   *
   * @param deviceName of the device, where it isn't to be read from it
   */
  static InstalledSystem of(Device device, SnapshotStore store, Optional<String> deviceName)
      throws IOException {
    Snapshot base = base(device, store);
    Configuration configuration;
    try (Dir etc = store.openLiveEtc(base.number())) {
      configuration = Configuration.read(etc);
    }
    List<String> names = DeviceNames.of(deviceName, configuration, device.isRunning());
    Optional<String> machine =
        device.isRunning() ? Optional.of(Machine.architecture()) : Optional.empty();
    if (base.isAdopted()) {
      Optional<String> adopted = base.info().adoptedArchitecture();
      return new InstalledSystem(
          base,
          configuration,
          names,
          Stream.concat(machine.stream(), adopted.stream()).toList(),
          Optional.empty(),
          Optional.empty());
    }
    try (Bundle record = store.openRecord(base.number())) {
      return new InstalledSystem(
          base,
          configuration,
          names,
          machine
              .map(m -> List.of(m, record.manifest().architecture()))
              .orElseGet(() -> List.of(record.manifest().architecture())),
          Optional.of(record.manifest().version()),
          Optional.empty());
    } catch (DeviceException | BundleException | VerityException e) {
      return new InstalledSystem(
          base,
          configuration,
          names,
          machine.map(List::of).orElseGet(List::of),
          base.info().image().map(image -> new Version(image.version())),
          Optional.ofNullable(e.getMessage()));
    }
  }

  private static Snapshot base(Device device, SnapshotStore store) throws IOException {
    Snapshot base =
        Snapshot.inUse(store.list())
            .orElseThrow(
                () ->
                    new DeviceException(
                        "the default of %s is none of its snapshots. Choose one with"
                                .formatted(device.name())
                            + " `tiu rollback N`; `tiu list` shows them"));
    if (!base.isOurs()) {
      throw new DeviceException(
          "snapshot %d, which an update would start from, wasn't made by tiu."
                  .formatted(base.number())
              + " Choose one of tiu's with `tiu rollback N`; `tiu list` shows them");
    }
    return base;
  }

  /** The installed image's ID. */
  Optional<String> imageId() {
    return base.info().image().map(ImageReference::id);
  }

  /** For messages. */
  String versionText() {
    return version
        .map(Version::toString)
        .orElse(base.isAdopted() ? "a system that was adopted" : "an unknown version");
  }
}

package dev.tiu;

import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.LinkChange;
import dev.tiu.snapshot.Snapshot;
import java.util.List;

/** Says what was changed in {@code /var} so that it fits the system that boots. */
final class LinkReport {
  private LinkReport() {}

  static void print(List<LinkChange> changes, Snapshot snapshot, Device device, Console console) {
    for (LinkChange change : changes) {
      boolean anotherRuns = device.isRunning() && !snapshot.isBooted();
      console.note(
          line(change, snapshot.number())
              + (anotherRuns && change.kind() == LinkChange.Kind.SET_ASIDE
                  ? ", where alone the running system has it until it is rebooted"
                  : ""));
    }
  }

  private static String line(LinkChange change, int number) {
    return switch (change.kind()) {
      case SET_ASIDE ->
          "/%s is now the image's own, of snapshot %d. What the device had there is kept as /%s"
              .formatted(change.path(), number, change.aside());
      case PUT_BACK ->
          "/%s is again what was kept as /%s: snapshot %d has none of its own"
              .formatted(change.path(), change.aside(), number);
      case TAKEN_FROM_IMAGE ->
          "/%s was made from the image of snapshot %d, which shares it with the device"
              .formatted(change.path(), number);
    };
  }
}

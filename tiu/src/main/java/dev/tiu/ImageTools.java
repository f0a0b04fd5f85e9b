package dev.tiu;

import dev.tiu.linux.Room;
import dev.tiu.linux.RoomOutcome;
import java.io.IOException;
import java.util.List;

/** Programs of an image that are run while it is installed. */
final class ImageTools {
  private ImageTools() {}

  /**
   * Runs one.
   *
   * @param meaning what it means for the device if that fails
   * @throws UnfitException if it doesn't end well
   */
  static void run(Room room, String meaning, List<String> argv) throws IOException {
    RoomOutcome outcome = room.run(argv);
    if (!outcome.isSuccess()) {
      throw new UnfitException(
          "`%s` of the image %s: %s. The disk isn't made; %s"
              .formatted(
                  String.join(" ", argv), failure(outcome), meaning, remedy(outcome, argv.get(0))));
    }
  }

  private static String failure(RoomOutcome outcome) {
    if (outcome instanceof RoomOutcome.Ended ended) {
      return "failed with code %d (%s)".formatted(ended.exitCode(), ended.output().strip());
    } else if (outcome instanceof RoomOutcome.CannotRun cannot) {
      return "can't run on this machine (%s)".formatted(cannot.reason());
    } else if (outcome instanceof RoomOutcome.TimedOut late) {
      return "didn't end within %d s".formatted(late.limit().toSeconds());
    }
    return "isn't there";
  }

  private static String remedy(RoomOutcome outcome, String program) {
    return outcome instanceof RoomOutcome.CannotRun
        ? "install on a machine of the image's architecture, or put it into the image"
        : "see to it that %s works in the image, or leave that option away".formatted(program);
  }
}

package dev.tiu.etcmerge;

import dev.tiu.linux.Room;
import dev.tiu.linux.RoomOutcome;
import java.io.IOException;
import java.util.List;

/** The programs of the system whose {@code /etc} it is, as {@link Room} runs them. */
public interface Tools {
  /** Whether there is a program, by name or absolute path. */
  boolean has(String program) throws IOException;

  /** Runs one to its end. */
  RoomOutcome run(List<String> argv) throws IOException;

  /** Those of that room's root. */
  static Tools in(Room room) {
    return new Tools() {
      @Override
      public boolean has(String program) throws IOException {
        return room.has(program);
      }

      @Override
      public RoomOutcome run(List<String> argv) throws IOException {
        return room.run(argv);
      }
    };
  }
}

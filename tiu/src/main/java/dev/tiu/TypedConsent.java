package dev.tiu;

import dev.tiu.boot.disk.Consent;
import dev.tiu.boot.disk.DiskHoldsDataException;
import dev.tiu.boot.disk.NewDisk;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Asks a person for the name of a disk before what is on it goes, where a person is there. */
final class TypedConsent {
  private static final Path STANDARD_INPUT = Path.of("/proc/self/fd/0");

  private final Context context;

  TypedConsent(Context context) {
    this.context = context;
  }

  /** Begins a disk. */
  @FunctionalInterface
  interface Beginning {
    NewDisk begin(Consent consent) throws IOException;
  }

  /**
   * Begins with the consent of the command line; where that is missing, with what is typed.
   *
   * @throws DiskHoldsDataException if there is none, or it names another disk
   */
  NewDisk begin(Optional<String> forced, Beginning beginning) throws IOException {
    if (forced.isPresent()) {
      return beginning.begin(Consent.toLose(forced.get()));
    }
    try {
      return beginning.begin(Consent.none());
    } catch (DiskHoldsDataException e) {
      if (!isTerminal()) {
        throw e;
      }
      context.console().note(String.join("\n", e.content()));
      context
          .console()
          .note("All of this will be lost. Type the disk's name to go on, %s:".formatted(e.disk()));
      String typed = readLine();
      if (typed.isEmpty()) {
        throw e;
      }
      return beginning.begin(Consent.toLose(typed));
    }
  }

  /** A pipe or a file answers nothing that it wasn't asked. */
  private static boolean isTerminal() throws IOException {
    if (!Files.isSymbolicLink(STANDARD_INPUT)) {
      return false;
    }
    String target = Files.readSymbolicLink(STANDARD_INPUT).toString();
    return target.startsWith("/dev/pts/")
        || target.startsWith("/dev/tty")
        || target.equals("/dev/console");
  }

  private String readLine() throws IOException {
    String line =
        new BufferedReader(new InputStreamReader(context.in(), StandardCharsets.UTF_8)).readLine();
    return line == null ? "" : line.strip();
  }
}

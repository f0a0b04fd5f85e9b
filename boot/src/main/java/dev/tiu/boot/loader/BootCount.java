package dev.tiu.boot.loader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What U-Boot's {@code bootcount} was when it started this boot: tiu's boot scripts hand it to the
 * kernel as {@code tiu.bootcount=1}.
 *
 * @param value as it stood there; empty if it wasn't set
 */
record BootCount(String value) {
  private static final Path COMMAND_LINE = Path.of("/proc/cmdline");
  private static final Pattern ARGUMENT = Pattern.compile("(?:^| )tiu\\.bootcount=(\\S*)");

  /** Of the machine that this runs on; empty if no script said anything of it. */
  static Optional<BootCount> ofMachine() throws IOException {
    return of(Files.readString(COMMAND_LINE));
  }

  /** The last one counts: it stands behind what the image or the device say. */
  static Optional<BootCount> of(String commandLine) {
    Optional<BootCount> found = Optional.empty();
    Matcher argument = ARGUMENT.matcher(commandLine);
    while (argument.find()) {
      found = Optional.of(new BootCount(argument.group(1)));
    }
    return found;
  }

  /** A build that counts has set it to 1 at least before any script ran. */
  boolean isCounted() {
    return value.matches("[1-9][0-9]{0,8}");
  }
}

package dev.tiu.boot.cmdline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.BootException;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a device says about kernel arguments: {@code /etc/tiu/cmdline.d/*.conf}, in the order of the
 * names.
 */
public record DeviceArguments(List<ArgumentFile> files) {
  /** What {@code tiu kargs} writes. */
  public static final String OWN_FILE = "90-kargs.conf";

  private static final BytePath DIRECTORY = BytePath.of("tiu/cmdline.d");
  private static final String SUFFIX = ".conf";
  private static final int LARGEST = 1 << 16;
  private static final int MOST_FILES = 100;

  /** Copies the list. */
  public DeviceArguments {
    files = List.copyOf(files);
  }

  /**
   * Reads them.
   *
   * @param etc a device's live /etc
   */
  public static DeviceArguments read(Dir etc) throws IOException {
    if (etc.find(DIRECTORY).isEmpty()) {
      return new DeviceArguments(List.of());
    }
    List<ArgumentFile> files = new ArrayList<>();
    try (Dir directory = etc.openDir(DIRECTORY)) {
      for (DirEntry entry : directory.list()) {
        String name = entry.name().toString();
        if (entry.type() == FileType.REGULAR && name.endsWith(SUFFIX) && !name.startsWith(".")) {
          byte[] content = directory.readAll(entry.name(), LARGEST);
          files.add(ArgumentFile.parse(name, new String(content, UTF_8)));
        }
      }
    }
    if (files.size() > MOST_FILES) {
      throw new BootException(
          "/etc/tiu/cmdline.d has %d files; tiu reads %d".formatted(files.size(), MOST_FILES),
          "No command line is made of them.",
          "Put what they say into fewer files.");
    }
    return new DeviceArguments(files);
  }

  /** Puts {@code tiu kargs}'s own file in the place of the one that is there, at once. */
  void write(Dir etc) throws IOException {
    if (etc.find(DIRECTORY.parent()).isEmpty()) {
      etc.makeDir(DIRECTORY.parent(), 0755);
    }
    if (etc.find(DIRECTORY).isEmpty()) {
      etc.makeDir(DIRECTORY, 0755);
    }
    etc.writeAtomically(DIRECTORY.resolve(OWN_FILE), own().text().getBytes(UTF_8), 0644);
  }

  ArgumentFile own() {
    return files.stream()
        .filter(file -> file.name().equals(OWN_FILE))
        .findFirst()
        .orElse(ArgumentFile.empty(OWN_FILE));
  }

  /** With that in the place of the own file. */
  DeviceArguments with(ArgumentFile own) {
    List<ArgumentFile> all = new ArrayList<>(files);
    all.removeIf(file -> file.name().equals(OWN_FILE));
    all.add(own);
    // As Dir lists them: by bytes, and names with others than ASCII don't come before digits.
    all.sort((a, b) -> BytePath.of(a.name()).compareTo(BytePath.of(b.name())));
    return new DeviceArguments(all);
  }
}

package dev.tiu;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a line of {@code /etc/fstab} mounts, or uses for swapping (fstab(5)).
 *
 * @param source such as {@code UUID=…}
 * @param place the mount point
 */
record FstabLine(String source, String place, String type, List<String> options) {
  private static final BytePath PATH = BytePath.of("fstab");
  private static final int LIMIT = 1 << 20;
  private static final int FIELDS = 3;

  FstabLine {
    options = List.copyOf(options);
  }

  /** Those of a system; none without the file. */
  static List<FstabLine> read(Dir etc) throws IOException {
    if (etc.find(PATH).filter(status -> status.type() == FileType.REGULAR).isEmpty()) {
      return List.of();
    }
    return parse(new String(etc.readAll(PATH, LIMIT), StandardCharsets.UTF_8));
  }

  static List<FstabLine> parse(String text) {
    List<FstabLine> lines = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String[] fields = line.strip().split("[ \\t]+", -1);
      if (fields.length >= FIELDS && !fields[0].startsWith("#")) {
        String options = fields.length > FIELDS ? fields[FIELDS] : "defaults";
        lines.add(
            new FstabLine(
                fields[0].replace("\"", ""),
                fields[1],
                fields[2],
                Arrays.asList(options.split(",", -1))));
      }
    }
    return lines;
  }

  boolean isSwap() {
    return type.equals("swap");
  }

  /** The subvolume that it names. */
  Optional<String> subvolume() {
    return options.stream()
        .filter(option -> option.startsWith("subvol="))
        .map(option -> option.substring("subvol=".length()))
        .findFirst();
  }
}

package dev.tiu;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * dpkg's {@code status} file: paragraphs of {@code Field: value} (deb-control(5), dpkg(1)).
 *
 * <p>Read leniently: a paragraph that lacks something is passed over.
 */
final class DpkgStatus {
  private static final Set<String> FIELDS =
      Set.of("Package", "Status", "Version", "Architecture", "Multi-Arch");

  /** What a package's files being gone is called. */
  private static final Set<String> NOT_THERE = Set.of("not-installed", "config-files");

  private final SortedMap<String, String> versions = new TreeMap<>();
  private final Map<String, String> paragraph = new HashMap<>();

  private DpkgStatus() {}

  static Packages parse(byte[] status) {
    DpkgStatus parser = new DpkgStatus();
    new String(status, StandardCharsets.UTF_8).lines().forEach(parser::line);
    parser.end();
    return new Packages(parser.versions);
  }

  private void line(String line) {
    if (line.isBlank()) {
      end();
      return;
    }
    int colon = line.indexOf(':');
    if (colon > 0 && FIELDS.contains(line.substring(0, colon))) {
      paragraph.putIfAbsent(line.substring(0, colon), line.substring(colon + 1).strip());
    }
  }

  private void end() {
    String name = paragraph.get("Package");
    String version = paragraph.get("Version");
    String status = paragraph.getOrDefault("Status", "");
    String state = status.substring(status.lastIndexOf(' ') + 1);
    if (name != null && version != null && !NOT_THERE.contains(state)) {
      String architecture = paragraph.getOrDefault("Architecture", "all");
      // As dpkg itself names the packages that may be there for several architectures.
      boolean same = "same".equals(paragraph.get("Multi-Arch"));
      boolean taken = same || versions.containsKey(name);
      versions.put(taken ? name + ":" + architecture : name, version);
    }
    paragraph.clear();
  }
}

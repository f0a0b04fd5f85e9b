package dev.tiu.etcmerge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** SELinux labels of /etc, by the policy that the merged tree has: none is carried over. */
final class SecurityLabels {
  private static final BytePath CONFIG = BytePath.of("selinux/config");
  private static final int CONFIG_LIMIT = 1 << 16;

  private static final Pattern MODE = Pattern.compile("(?m)^\\s*SELINUX\\s*=\\s*(\\w+)");
  private static final Pattern TYPE = Pattern.compile("(?m)^\\s*SELINUXTYPE\\s*=\\s*([\\w.-]+)");

  private SecurityLabels() {}

  /** What sets them; empty where there is no policy, or it is switched off. */
  static Optional<Generator> generator(Dir etc) throws IOException {
    if (!Generator.isThere(etc, CONFIG)) {
      return Optional.empty();
    }
    String config = new String(etc.readAll(CONFIG, CONFIG_LIMIT), ISO_8859_1);
    Matcher mode = MODE.matcher(config);
    Matcher type = TYPE.matcher(config);
    if ((mode.find() && mode.group(1).equals("disabled")) || !type.find()) {
      return Optional.empty();
    }
    BytePath contexts = contexts(type.group(1));
    if (contexts.isRoot() || !Generator.isThere(etc, contexts)) {
      return Optional.empty();
    }
    // -F: the whole label, and not its type alone, which is what it changes by itself.
    // -m: /etc is a mount of its own in the room, which it would leave out on a kernel without
    // SELinux.
    List<String> argv = List.of("setfiles", "-F", "-m", "/etc/" + contexts, "/etc");
    return Optional.of(
        new Generator(
            "SELinux labels", argv, List.of(contexts), List.of(), List.of(BytePath.ROOT)));
  }

  private static BytePath contexts(String type) {
    if (type.equals(".") || type.equals("..")) {
      return BytePath.ROOT;
    }
    return BytePath.of("selinux").resolve(type).resolve("contexts/files/file_contexts");
  }
}

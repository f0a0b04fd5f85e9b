package dev.tiu.etcmerge.accounts;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Accounts to begin with, and changes of them; each gives another.
 *
 * <pre>
 * root 0:0, daemon 1:1, web 33:33 with a member in its group, old 150:150, nobody 65534:65534
 * </pre>
 */
final class Etc {
  static final Etc SHIPPED =
      new Etc(Map.of())
          .with(
              AccountFile.PASSWD,
              "root:x:0:0:root:/root:/bin/bash",
              "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin",
              "web:x:33:33:web:/var/www:/usr/sbin/nologin",
              "old:x:150:150:old:/var/lib/old:/usr/sbin/nologin",
              "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin")
          .with(
              AccountFile.GROUP,
              "root:x:0:",
              "daemon:x:1:",
              "video:x:44:",
              "web:x:33:daemon",
              "old:x:150:",
              "nobody:x:65534:")
          .with(
              AccountFile.SHADOW,
              "root:$6$shipped:19000:0:99999:7:::",
              "daemon:*:19000:0:99999:7:::",
              "web:*:19000:0:99999:7:::",
              "old:$6$old:19000:0:99999:7:::",
              "nobody:*:19000:0:99999:7:::")
          .with(
              AccountFile.GSHADOW,
              "root:*::",
              "daemon:*::",
              "video:*::",
              "web:*::daemon",
              "old:!::",
              "nobody:*::")
          .with(AccountFile.SUBUID)
          .with(AccountFile.SUBGID);

  private final Map<AccountFile, String> texts;

  private Etc(Map<AccountFile, String> texts) {
    this.texts = new EnumMap<>(AccountFile.class);
    this.texts.putAll(texts);
  }

  static Etc of(AccountFiles files) {
    Etc etc = new Etc(Map.of());
    for (AccountFile file : AccountFile.values()) {
      files.content(file).ifPresent(c -> etc.texts.put(file, new String(c, ISO_8859_1)));
    }
    return etc;
  }

  AccountFiles files() {
    return AccountFiles.of(
        texts.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().getBytes(ISO_8859_1))));
  }

  /** The file's whole text. */
  String text(AccountFile file) {
    return texts.getOrDefault(file, "");
  }

  List<String> lines(AccountFile file) {
    return text(file).lines().toList();
  }

  /** The line of that name. */
  String line(AccountFile file, String name) {
    return text(file).lines().filter(line -> line.startsWith(name + ":")).findFirst().orElse("");
  }

  Etc withText(AccountFile file, String text) {
    Etc changed = new Etc(texts);
    changed.texts.put(file, text);
    return changed;
  }

  Etc with(AccountFile file, String... lines) {
    return withText(
        file, Arrays.stream(lines).map(line -> line + "\n").collect(Collectors.joining()));
  }

  Etc without(AccountFile file) {
    Etc changed = new Etc(texts);
    changed.texts.remove(file);
    return changed;
  }

  Etc add(AccountFile file, String... lines) {
    String added = Arrays.stream(lines).map(line -> line + "\n").collect(Collectors.joining());
    return withText(file, text(file) + added);
  }

  Etc replace(AccountFile file, String old, String now) {
    if (!text(file).contains(old)) {
      throw new IllegalArgumentException(old + " isn't in " + text(file));
    }
    return withText(file, text(file).replace(old, now));
  }

  /** An account with a group of the same name and number, in all four files. */
  Etc addAccount(String name, int number) {
    return add(
            AccountFile.PASSWD,
            "%s:x:%d:%d:%s:/var/lib/%s:/usr/sbin/nologin"
                .formatted(name, number, number, name, name))
        .add(AccountFile.GROUP, "%s:x:%d:".formatted(name, number))
        .add(AccountFile.SHADOW, "%s:!*:20000::::::".formatted(name))
        .add(AccountFile.GSHADOW, name + ":!*::");
  }

  /** Without the lines of that name, as userdel leaves it. */
  Etc removeAccount(String name) {
    Etc changed = new Etc(texts);
    changed.texts.replaceAll(
        (file, text) ->
            text.lines()
                .filter(line -> !line.startsWith(name + ":"))
                .map(line -> line + "\n")
                .collect(Collectors.joining()));
    return changed;
  }
}

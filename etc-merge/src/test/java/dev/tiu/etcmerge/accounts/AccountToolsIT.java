package dev.tiu.etcmerge.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Command;
import dev.tiu.linux.IdMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes out, judged by the tools that look after these files. */
class AccountToolsIT {
  @TempDir private Path directory;

  @Test
  void pwck_and_grpck_find_nothing_wrong() throws IOException {
    Etc shipped = Etc.SHIPPED.addAccount("gone", 160);
    Etc local =
        shipped
            .addAccount("alice", 998)
            .replace(AccountFile.GROUP, "web:x:33:daemon", "web:x:33:daemon,alice")
            .replace(AccountFile.GSHADOW, "web:*::daemon", "web:*::daemon,alice");
    Etc image =
        shipped
            .removeAccount("gone")
            .removeAccount("old")
            .addAccount("newsvc", 998)
            .replace(AccountFile.GROUP, "video:x:44:", "video:x:44:newsvc")
            .replace(AccountFile.GSHADOW, "video:*::", "video:*::newsvc");

    MergedAccounts merged =
        AccountMerge.merge(
            shipped.files(), local.files(), image.files(), IdMap.NONE, Owners.of(150));
    Path etc = Files.createDirectory(directory.resolve("etc"));
    for (AccountFile file : AccountFile.values()) {
      Files.write(etc.resolve(file.fileName()), merged.files().content(file).orElseThrow());
    }

    assertThat(check("pwck")).isEmpty();
    assertThat(check("grpck")).isEmpty();
    assertThat(Files.readString(etc.resolve("passwd"), StandardCharsets.ISO_8859_1))
        .contains("newsvc:x:999:999:", "alice:x:998:998:")
        .doesNotContain("gone");
  }

  /**
   * In a root of its own, as members of groups are looked up there; and quietly, as home
   * directories are no business of the files.
   */
  private String check(String program) throws IOException {
    return Command.of(program, "-r", "-q", "-R", directory.toString()).run().text();
  }
}

package dev.tiu.etcmerge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.etcmerge.RegenerationEntry.Outcome;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Room;
import dev.tiu.linux.RoomOutcome;
import dev.tiu.linux.testing.SmallRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RegenerationIT {
  private static final BytePath ETC = BytePath.of("etc");

  private SmallRoot root;
  private Dir etc;
  private Dir scratch;

  @BeforeEach
  void makeRoot() throws IOException {
    root = SmallRoot.create("true");
    etc = root.dir().openDir(ETC);
    BytePath tiu = BytePath.of("tiu");
    root.top().makeDir(tiu, 0700);
    scratch = root.top().openDir(tiu);
  }

  /** Nothing stays of the copies. */
  @AfterEach
  void closeRoot() throws IOException {
    try {
      assertThat(scratch.list()).isEmpty();
    } finally {
      etc.close();
      scratch.close();
      root.close();
    }
  }

  private List<RegenerationEntry> run(Tools tools, String... changed) throws IOException {
    List<BytePath> paths = Stream.of(changed).map(BytePath::of).toList();
    return Regeneration.run(etc, scratch, paths, path -> false, path -> true, tools);
  }

  private List<RegenerationEntry> runInRoom(String... changed) throws IOException {
    return run(Tools.in(Room.of(root.dir()).writable(ETC)), changed);
  }

  private static void assertMade(List<RegenerationEntry> entries) {
    assertThat(entries).hasSize(1);
    assertThat(entries.get(0).words()).isEmpty();
    assertThat(entries.get(0).outcome()).isEqualTo(Outcome.MADE);
  }

  @Test
  void case_41_library_cache_has_the_new_libraries() throws Exception {
    root.install("ldconfig");
    root.write("etc/ld.so.cache", "of the old image");
    root.write("etc/ld.so.conf", "/usr/lib/own\n");
    Path own = Files.createDirectories(root.path("usr/lib/own"));
    try (Stream<Path> files = Files.walk(root.path("usr/lib"))) {
      Path library = files.filter(file -> file.endsWith("libc.so.6")).findFirst().orElseThrow();
      Files.copy(library, own.resolve("libc.so.6"));
    }
    root.seal();
    assertMade(runInRoom());
    assertThat(Files.readAllBytes(root.path("etc/ld.so.cache")))
        .asString()
        .contains("/usr/lib/own/libc.so.6");
  }

  @Test
  void cache_that_the_image_does_not_have_is_not_made() throws Exception {
    root.install("ldconfig");
    assertThat(runInRoom("ld.so.conf")).isEmpty();
    assertThat(etc.list()).isEmpty();
  }

  @Test
  void accounts_of_sysusers_are_added_to_the_devices() throws Exception {
    root.install("systemd-sysusers");
    root.write("etc/passwd", "root:x:0:0::/root:/bin/sh\nanna:x:999:999::/:/bin/sh\n");
    root.write("etc/group", "root:x:0:\nanna:x:999:\n");
    root.write("etc/shadow", "root:*:1::::::\nanna:!:1::::::\n");
    root.write("etc/gshadow", "root:*::\nanna:!::\n");
    root.write("usr/lib/sysusers.d/new.conf", "u newsvc 999 \"A service\"\nm newsvc helpers\n");
    root.seal();
    assertMade(runInRoom());
    String passwd = Files.readString(root.path("etc/passwd"));
    assertThat(passwd).contains("anna:x:999:").containsPattern("newsvc:x:99[0-8]:");
    assertThat(Files.readString(root.path("etc/group"))).containsPattern("helpers:x:\\d+:newsvc");
  }

  @Test
  void case_27_labels_are_those_of_the_merged_policy() throws Exception {
    root.install("setfiles");
    root.write("etc/selinux/config", "SELINUX=permissive\nSELINUXTYPE=tiny\n");
    root.write(
        "etc/selinux/tiny/contexts/files/file_contexts",
        """
        /etc(/.*)?  system_u:object_r:etc_t:s0
        /etc/shadow  --  system_u:object_r:shadow_t:s0
        """);
    root.write("etc/shadow", "");
    root.write("etc/hosts", "");
    etc.setXattr(
        BytePath.of("shadow"), "security.selinux", "old_u:object_r:old_t:s0\0".getBytes(UTF_8));
    root.seal();
    assertMade(runInRoom());
    assertThat(label("shadow")).isEqualTo("system_u:object_r:shadow_t:s0\0");
    assertThat(label("hosts")).isEqualTo("system_u:object_r:etc_t:s0\0");
  }

  private String label(String path) throws IOException {
    return new String(
        etc.xattrs(BytePath.of(path)).getOrDefault("security.selinux", new byte[0]), UTF_8);
  }

  @Test
  void without_a_policy_there_are_no_labels() throws Exception {
    FakeTools tools = new FakeTools(argv -> FakeTools.yes());
    for (String config :
        List.of(
            "", "SELINUX=disabled\nSELINUXTYPE=tiny\n", "SELINUXTYPE=none\n", "SELINUXTYPE=..\n")) {
      root.write("etc/selinux/config", config);
      root.write("etc/selinux/tiny/contexts/files/file_contexts", "");
      assertThat(run(tools, "selinux/config")).isEmpty();
    }
    assertThat(tools.runs).isEmpty();
  }

  @Test
  void tool_runs_when_an_input_has_changed_or_the_policy_says_so() throws Exception {
    root.write("etc/dconf/db/local", "old");
    FakeTools tools = new FakeTools(argv -> FakeTools.yes());
    assertThat(run(tools, "hosts", "dconf/profile.tiu-new")).isEmpty();
    assertMade(run(tools, "dconf/profile/user"));
    assertMade(run(tools, "dconf/db/local"));
    assertMade(run(tools, "dconf"));
    BytePath databases = BytePath.of("dconf/db");
    assertMade(Regeneration.run(etc, scratch, List.of(), databases::equals, path -> true, tools));
    assertThat(tools.runs).hasSize(4).containsOnly(List.of("dconf", "update"));
  }

  @Test
  void certificates_are_made_where_the_system_or_the_choice_of_them_has_changed() throws Exception {
    root.write("etc/ssl/certs/ca-certificates.crt", "old");
    FakeTools tools = new FakeTools(argv -> FakeTools.yes());
    BytePath shipped = BytePath.of("usr/share/ca-certificates");
    assertMade(Regeneration.run(etc, scratch, List.of(), p -> false, shipped::equals, tools));
    BytePath choice = BytePath.of("ca-certificates.conf");
    assertMade(Regeneration.run(etc, scratch, List.of(choice), p -> false, p -> false, tools));
    assertThat(Regeneration.run(etc, scratch, List.of(), p -> true, p -> false, tools)).isEmpty();
    assertThat(tools.runs).containsOnly(List.of("update-ca-certificates"));
  }

  @Test
  void what_is_kept_behind_a_link_is_not_made() throws Exception {
    Files.createDirectories(root.path("etc/ssl"));
    Files.createSymbolicLink(root.path("etc/ssl/certs"), Path.of("../../var/certs"));
    root.write("var/certs/ca-certificates.crt", "x");
    assertThat(run(new FakeTools(argv -> FakeTools.yes()), "ca-certificates.conf")).isEmpty();
  }

  @Test
  void failing_tool_leaves_nothing() throws Exception {
    root.write("etc/ld.so.cache", "before");
    root.write("etc/other", "other");
    var before = Item.readTree(etc);
    long time = etc.status(BytePath.ROOT).mtimeNanos();
    List<RoomOutcome> outcomes =
        List.of(
            FakeTools.no("no space\n"),
            new RoomOutcome.TimedOut(Duration.ofSeconds(3), ""),
            new RoomOutcome.CannotRun("exec format error"),
            new RoomOutcome.NotThere());
    for (RoomOutcome outcome : outcomes) {
      FakeTools tools =
          new FakeTools(
              argv -> {
                Files.delete(root.path("etc/ld.so.cache"));
                root.write("etc/ld.so.cache~/half", "garbage");
                return outcome;
              });
      RegenerationEntry entry = run(tools).get(0);
      assertThat(entry.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(entry.words()).isNotEmpty();
      assertThat(Item.readTree(etc)).isEqualTo(before);
      assertThat(etc.status(BytePath.ROOT).mtimeNanos()).isEqualTo(time);
    }
  }

  @Test
  void failing_tool_gets_a_whole_directory_back() throws Exception {
    root.write("etc/ssl/certs/ca-certificates.crt", "bundle");
    Files.createSymbolicLink(root.path("etc/ssl/certs/a.pem"), Path.of("/usr/share/a.crt"));
    var before = Item.readTree(etc);
    FakeTools tools =
        new FakeTools(
            argv -> {
              Files.delete(root.path("etc/ssl/certs/a.pem"));
              root.write("etc/ssl/certs/ca-certificates.crt", "half");
              root.write("etc/ssl/certs/new.pem", "half");
              return FakeTools.no("failed");
            });
    assertThat(run(tools, "ssl/certs").get(0).outcome()).isEqualTo(Outcome.FAILED);
    assertThat(Item.readTree(etc)).isEqualTo(before);
  }

  @Test
  void interrupted_tool_is_put_back_too() throws Exception {
    root.write("etc/ld.so.cache", "before");
    FakeTools tools =
        new FakeTools(
            argv -> {
              root.write("etc/ld.so.cache", "half");
              Thread.currentThread().interrupt();
              throw new IOException("interrupted");
            });
    assertThatThrownBy(() -> run(tools)).hasMessage("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(root.path("etc/ld.so.cache")).hasContent("before");
  }

  @Test
  void hanging_tool_of_the_images_is_ended() throws Exception {
    root.install("sleep");
    Path fake =
        root.write("usr/sbin/ldconfig", "#!/bin/sh\necho half > /etc/ld.so.cache\nsleep 1000\n");
    fake.toFile().setExecutable(true);
    root.write("etc/ld.so.cache", "before");
    Room room = Room.of(root.dir()).writable(ETC).timeLimit(Duration.ofMillis(300));
    RegenerationEntry entry = run(Tools.in(room)).get(0);
    assertThat(entry.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(root.path("etc/ld.so.cache")).hasContent("before");
  }

  @Test
  void image_without_the_tool_is_told() throws Exception {
    root.write("etc/ld.so.cache", "before");
    RegenerationEntry entry = runInRoom().get(0);
    assertThat(entry.outcome()).isEqualTo(Outcome.NO_TOOL);
    assertThat(entry.words()).containsExactly("ldconfig is not in the image");
    assertThat(root.path("etc/ld.so.cache")).hasContent("before");
  }
}

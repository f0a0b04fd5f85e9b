package dev.tiu.etcmerge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.etcmerge.ValidationEntry.FellBack;
import dev.tiu.etcmerge.ValidationEntry.Outcome;
import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Room;
import dev.tiu.linux.testing.SmallRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real tools, in a root that has just them. */
final class ValidationIT {
  private static final BytePath ETC = BytePath.of("etc");
  private static final BytePath LOCAL = BytePath.of("local");
  private static final BytePath IMAGE = BytePath.of("image");

  private static final String PASSWD =
      """
      root:x:0:0:root:/root:/bin/sh
      sshd:x:100:65534::/run/sshd:/bin/sh
      anna:x:1000:1000::/nowhere:/bin/sh
      """;
  private static final String SHADOW =
      """
      root:*:1:0:::::
      sshd:!:1::::::
      anna:!:1::::::
      """;
  private static final String GROUP =
      """
      root:x:0:
      nogroup:x:65534:
      anna:x:1000:
      """;
  private static final String SERVICE = "[Service]\nExecStart=/usr/bin/true\n";

  private static SmallRoot root;
  private Dir local;
  private Dir image;
  private Dir result;

  @BeforeAll
  static void makeRoot() throws IOException {
    root = SmallRoot.create("mkdir", "ssh-keygen", "true");
    for (String tool : List.of("visudo", "sshd", "pwck", "grpck", "systemd-analyze")) {
      root.install(tool);
    }
    Files.createDirectories(root.path("usr/lib/systemd/system"));
    root.write("usr/lib/systemd/system/sysinit.target", "[Unit]\nDescription=x\n");
    root.write("usr/lib/systemd/system/basic.target", "[Unit]\nDescription=x\n");
    root.write("usr/lib/systemd/system/shutdown.target", "[Unit]\nDescription=x\n");
    root.write("usr/lib/systemd/system/system.slice", "[Unit]\nDescription=x\n");
    root.seal();
  }

  @AfterAll
  static void closeRoot() throws IOException {
    root.close();
  }

  /** The root's /etc is what a merge made; the others are what went in. */
  @BeforeEach
  void makeTrees() throws IOException {
    root.write("etc/passwd", PASSWD);
    privately("etc/shadow", SHADOW);
    root.write("etc/group", GROUP);
    sudoers("etc/sudoers", "root ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n");
    sudoers("etc/sudoers.d/admins", "%anna ALL=(ALL) ALL\n");
    root.write("etc/ssh/sshd_config", "Port 22\n");
    root.write("etc/systemd/system/a.service", SERVICE);
    try (Dir etc = root.dir().openDir(ETC)) {
      Btrfs.snapshot(etc, root.top(), LOCAL, Access.WRITABLE);
      Btrfs.snapshot(etc, root.top(), IMAGE, Access.WRITABLE);
    }
    local = root.top().openDir(LOCAL);
    image = root.top().openDir(IMAGE);
    result = root.dir().openDir(ETC);
  }

  @AfterEach
  void removeTrees() throws IOException {
    for (Dir dir : List.of(local, image, result)) {
      dir.close();
    }
    root.top().removeTree(LOCAL);
    root.top().removeTree(IMAGE);
    try (Dir etc = root.dir().openDir(ETC)) {
      for (var entry : etc.list()) {
        etc.removeTree(entry.name());
      }
    }
  }

  private static void sudoers(String path, String content) throws IOException {
    Path file = root.write(path, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r-----"));
  }

  private static void privately(String path, String content) throws IOException {
    Path file = root.write(path, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private List<ValidationEntry> run(String... changed) throws IOException {
    List<BytePath> paths = Stream.of(changed).map(BytePath::of).toList();
    Tools tools = Tools.in(Room.of(root.dir()));
    return Validation.run(paths, tools, new LocalVersions(local, image, result));
  }

  private String live(String path) throws IOException {
    return Files.readString(root.path("etc/" + path));
  }

  @Test
  void sound_files_are_valid() throws Exception {
    List<ValidationEntry> entries =
        run("sudoers", "ssh/sshd_config", "passwd", "group", "systemd/system/a.service");
    assertThat(entries).extracting(ValidationEntry::words).containsOnly(List.of());
    assertThat(entries).extracting(ValidationEntry::outcome).containsOnly(Outcome.VALID);
    assertThat(entries).hasSize(5);
  }

  @Test
  void case_45_invalid_sudoers_file_falls_back_alone() throws Exception {
    sudoers("etc/sudoers.d/admins", "%anna ALL=(ALL) ALL\n%wheel ALL=ALL=ALL\n");
    sudoers("etc/sudoers.d/added", "root ALL=(ALL) NOPASSWD: ALL\n");
    ValidationEntry entry = run("sudoers.d/admins", "sudoers.d/added").get(0);
    assertThat(entry.outcome()).isEqualTo(Outcome.FELL_BACK);
    assertThat(entry.outcome().isConflict()).as("reported").isTrue();
    assertThat(Files.getPosixFilePermissions(root.path("etc/sudoers.d/admins")))
        .isEqualTo(PosixFilePermissions.fromString("r--r-----"));
    assertThat(entry.fellBack())
        .containsExactly(
            new FellBack(
                BytePath.of("sudoers.d/admins"),
                Optional.of(BytePath.of("sudoers.d/admins.tiu-new"))));
    assertThat(entry.words()).anyMatch(line -> line.contains("syntax error"));
    assertThat(live("sudoers.d/admins")).isEqualTo("%anna ALL=(ALL) ALL\n");
    assertThat(live("sudoers.d/admins.tiu-new")).contains("wheel");
    assertThat(live("sudoers.d/added")).contains("NOPASSWD");
    assertThat(run("sudoers.d/admins").get(0).outcome()).isEqualTo(Outcome.VALID);
  }

  @Test
  void invalid_sudoers_file_that_the_image_added_goes_aside() throws Exception {
    sudoers("etc/sudoers.d/added", "nonsense\n");
    assertThat(run("sudoers.d/added").get(0).outcome()).isEqualTo(Outcome.FELL_BACK);
    assertThat(root.path("etc/sudoers.d/added")).doesNotExist();
    assertThat(live("sudoers.d/added.tiu-new")).isEqualTo("nonsense\n");
  }

  @Test
  void sudoers_that_was_invalid_before_stays_merged() throws Exception {
    Path mine = root.disk().mountPoint().resolve("local/sudoers.d/admins");
    Files.delete(mine);
    Files.writeString(mine, "my own nonsense\n");
    sudoers("etc/sudoers.d/admins", "my own nonsense\nand the image's\n");
    long time = Files.getLastModifiedTime(root.path("etc/sudoers.d")).toMillis();
    ValidationEntry entry = run("sudoers.d/admins").get(0);
    assertThat(entry.outcome()).isEqualTo(Outcome.INVALID_ANYWAY);
    assertThat(live("sudoers.d/admins")).endsWith("and the image's\n");
    assertThat(root.path("etc/sudoers.d/admins.tiu-new")).doesNotExist();
    assertThat(Files.getLastModifiedTime(root.path("etc/sudoers.d")).toMillis()).isEqualTo(time);
  }

  @Test
  void case_45_sshd_judges_the_configuration_without_host_keys_of_the_devices() throws Exception {
    root.write("etc/ssh/sshd_config", "Port 22\nPermitRootLogin maybe\n");
    ValidationEntry entry = run("ssh/sshd_config").get(0);
    assertThat(entry.outcome()).isEqualTo(Outcome.FELL_BACK);
    assertThat(entry.words()).anyMatch(line -> line.contains("line 2"));
    assertThat(live("ssh/sshd_config")).isEqualTo("Port 22\n");
    assertThat(live("ssh/sshd_config.tiu-new")).contains("maybe");
  }

  @Test
  void missing_home_directories_are_no_fault() throws Exception {
    root.write("etc/passwd", PASSWD + "svc:x:990:990::/not/there:/not/there\n");
    privately("etc/shadow", SHADOW + "svc:!:1::::::\n");
    root.write("etc/group", GROUP + "svc:x:990:\n");
    assertThat(run("passwd", "shadow", "group"))
        .extracting(ValidationEntry::outcome)
        .containsOnly(Outcome.VALID);
  }

  @Test
  void accounts_that_do_not_fit_fall_back_together() throws Exception {
    root.write("etc/passwd", PASSWD + "anna:x:1001:1001::/:/bin/sh\n");
    privately("etc/shadow", SHADOW + "svc:!:1::::::\n");
    ValidationEntry entry = run("passwd", "shadow").get(0);
    assertThat(entry.outcome()).isEqualTo(Outcome.FELL_BACK);
    assertThat(live("passwd")).isEqualTo(PASSWD);
    assertThat(live("shadow")).isEqualTo(SHADOW);
    assertThat(Files.getPosixFilePermissions(root.path("etc/shadow.tiu-new")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void group_with_unknown_member_falls_back() throws Exception {
    root.write("etc/group", GROUP + "audio:x:29:nobody-here\n");
    ValidationEntry entry = run("group").get(0);
    assertThat(entry.words()).anyMatch(line -> line.contains("nobody-here"));
    assertThat(entry.outcome()).isEqualTo(Outcome.FELL_BACK);
    assertThat(live("group")).isEqualTo(GROUP);
  }

  @Test
  void unit_that_cannot_be_loaded_falls_back() throws Exception {
    root.write("etc/systemd/system/a.service", "[Service]\nType=oneshotx\nExecStrat=/bin/x\n");
    ValidationEntry entry = run("systemd/system/a.service").get(0);
    assertThat(entry.outcome()).isEqualTo(Outcome.FELL_BACK);
    assertThat(entry.words()).anyMatch(line -> line.contains("ExecStrat"));
    assertThat(live("systemd/system/a.service")).isEqualTo(SERVICE);
  }

  @Test
  void drop_in_is_judged_with_its_unit() throws Exception {
    root.write("etc/systemd/system/a.service.d/x.conf", "[Service]\nExecStart=/usr/bin/true\n");
    ValidationEntry entry = run("systemd/system/a.service.d").get(0);
    assertThat(entry.outcome()).isEqualTo(Outcome.FELL_BACK);
    assertThat(entry.words()).anyMatch(line -> line.contains("more than one ExecStart"));
    assertThat(root.path("etc/systemd/system/a.service.d.tiu-new/x.conf")).exists();
    assertThat(root.path("etc/systemd/system/a.service.d")).doesNotExist();
  }

  @Test
  void unit_as_the_image_ships_it_stays() throws Exception {
    String broken = "[Service]\nType=simple\n";
    Path shipped = root.disk().mountPoint().resolve("image/systemd/system/a.service");
    Files.writeString(shipped, broken);
    root.write("etc/systemd/system/a.service", broken);
    ValidationEntry entry = run("systemd/system/a.service").get(0);
    assertThat(entry.outcome()).isEqualTo(Outcome.INVALID_IN_IMAGE);
    assertThat(live("systemd/system/a.service")).isEqualTo(broken);
  }
}

package dev.tiu;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Room;
import dev.tiu.linux.RoomOutcome;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A Debian 12 that somebody has set up, updated to Debian 13: real systems, edited by their own
 * programs, and judged by those of the new one.
 */
final class DebianReleasesIT {
  private static final Tiu TIU = Tiu.now();
  private static final BytePath ETC = BytePath.of("etc");

  /** What tools make on a device, and no image has. */
  private static final Pattern DEVICES_OWN =
      Pattern.compile("/etc/(ssh/ssh_host_.*|tiu|((g?shadow|passwd|group|subuid|subgid)-))");

  @TempDir private static Path directory;
  private static BtrfsDisk disk;
  private static Tiu.Outcome update;

  @BeforeAll
  static void updateWhatWasEdited() throws IOException {
    DebianSystems.build(directory, "bookworm", "trixie");
    TIU.run("key", "init", directory.resolve("keys")).orFail();
    Path old = pack("bookworm", "12");
    Path now = pack("trixie", "13");
    disk = BtrfsDisk.create(2L << 30);
    run("install", "--keyring", directory.resolve("keys/ca.crt.pem"), old);
    makeAuthority();
    for (AdminEdit edit : AdminEdit.ALL) {
      try (Dir root = Dir.open(place(1).resolve("snapshot"));
          Dir own = Dir.open(top().resolve("@/usr-local"))) {
        Room room = Room.of(root).writable(ETC).showing(own, BytePath.of("usr/local"));
        succeed(room, edit.doing());
      }
    }
    update = run("update", "--keyring", directory.resolve("keys/ca.crt.pem"), now);
  }

  @AfterAll
  static void closeDisk() throws IOException {
    if (disk != null) {
      disk.close();
    }
  }

  private static Path pack(String release, String version) throws IOException {
    Path bundle = directory.resolve(release + ".tiu");
    Path archive = directory.resolve(release + ".tar");
    TIU.run(
            "create",
            "--tar",
            archive,
            "--output",
            bundle,
            "--compatible",
            "kiosk",
            "--version",
            version,
            "--compression",
            "zstd:1",
            "--key",
            directory.resolve("keys/signer.key.pem"),
            "--cert",
            directory.resolve("keys/signer.crt.pem"))
        .orFail();
    Files.delete(archive);
    return bundle;
  }

  /** What update-ca-certificates finds, where all snapshots share it. */
  private static void makeAuthority() throws IOException {
    Path authorities = top().resolve("@/usr-local/share/ca-certificates");
    Files.createDirectories(authorities);
    Command.of(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=The house",
            "-keyout",
            "/dev/null",
            "-out",
            authorities + "/house.crt")
        .run();
  }

  private static Tiu.Outcome run(String command, Object... more) {
    Object[] all = new Object[more.length + 3];
    System.arraycopy(more, 0, all, 3, more.length);
    all[0] = command;
    all[1] = "--sysroot";
    all[2] = top();
    return TIU.run(all).orFail();
  }

  private static Path top() {
    return disk.mountPoint();
  }

  private static Path place(int number) {
    return top().resolve("@/.snapshots/" + number);
  }

  private static void succeed(Room room, String script) throws IOException {
    RoomOutcome outcome = room.run(List.of("bash", "-c", script));
    assertThat(outcome).isInstanceOf(RoomOutcome.Ended.class);
    RoomOutcome.Ended ended = (RoomOutcome.Ended) outcome;
    assertThat(ended.exitCode()).as(ended.output()).isZero();
  }

  private static List<AdminEdit> edits() {
    return AdminEdit.ALL;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("edits")
  void edit_is_there_and_so_is_what_the_new_release_changed(AdminEdit edit) throws IOException {
    try (Dir root = Dir.open(place(2).resolve("snapshot"));
        Dir own = Dir.open(top().resolve("@/usr-local"));
        Dir mine = Dir.open(place(1).resolve("snapshot/etc"));
        Dir old = Dir.open(place(1).resolve("etc"));
        Dir now = Dir.open(place(2).resolve("etc"))) {
      succeed(
          Room.of(root)
              .showing(own, BytePath.of("usr/local"))
              .showing(mine, BytePath.of("media"))
              .showing(old, BytePath.of("srv"))
              .showing(now, BytePath.of("mnt")),
          edit.holding());
    }
  }

  @Test
  void there_are_twenty_edits() {
    assertThat(AdminEdit.ALL).hasSize(20);
  }

  /** Whatever no edit is about is as the new release ships it. */
  @Test
  void nothing_else_differs_from_the_new_release() throws IOException {
    JsonNode changes = TIU.run("etc", "status", "--json", "--sysroot", top()).orFail().json();
    List<String> paths =
        StreamSupport.stream(changes.path("changes").spliterator(), false)
            .map(change -> change.path("path").asText())
            .filter(path -> !DEVICES_OWN.matcher(path).matches())
            .toList();
    assertThat(String.join("\n", paths))
        .isEqualTo(
            """
            /etc/NetworkManager/system-connections/lobby.nmconnection
            /etc/apt/sources.list
            /etc/apt/sources.list.tiu-new
            /etc/ca-certificates.conf
            /etc/cron.d
            /etc/crontab
            /etc/default/locale
            /etc/default/locale.tiu-new
            /etc/fstab
            /etc/group
            /etc/gshadow
            /etc/hostname
            /etc/hosts
            /etc/locale.gen
            /etc/localtime
            /etc/login.defs
            /etc/login.defs.tiu-new
            /etc/nginx/nginx.conf
            /etc/nginx/sites-available/shop
            /etc/nginx/sites-enabled/default
            /etc/nginx/sites-enabled/shop
            /etc/pam.d/common-session
            /etc/passwd
            /etc/shadow
            /etc/ssh/sshd_config
            /etc/ssh/sshd_config.d/10-groups.conf
            /etc/ssh/sshd_config.tiu-new
            /etc/ssl/certs/4756cfe7.0
            /etc/ssl/certs/4f316efb.0
            /etc/ssl/certs/SwissSign_Gold_CA_-_G2.pem
            /etc/ssl/certs/ca-certificates.crt
            /etc/ssl/certs/house.pem
            /etc/subgid
            /etc/subuid
            /etc/sudoers
            /etc/sudoers.d/users
            /etc/sysctl.conf
            /etc/sysctl.d/99-sysctl.conf
            /etc/systemd/system/apt-daily-upgrade.timer
            /etc/systemd/system/getty.target.wants/serial-getty@ttyS0.service
            /etc/systemd/system/network-online.target.wants
            /etc/systemd/system/nginx.service.d
            /etc/timezone\
            """);
  }

  @Test
  void report_has_what_somebody_should_look_at_and_nothing_else() {
    String report =
        update.out().lines().filter(line -> line.startsWith("/etc")).collect(joining("\n"));
    assertThat(report.replaceAll("\\d+ (accounts|changes)", "N $1"))
        .isEqualTo(
            """
            /etc/apt/sources.list: changed here and in the image: yours is live, the image's is beside it, as /etc/apt/sources.list.tiu-new
            /etc/default/locale: changed here and in the image: yours is live, the image's is beside it, as /etc/default/locale.tiu-new
            /etc/login.defs: changed here and in the image: yours is live, the image's is beside it, as /etc/login.defs.tiu-new
            /etc/ssh/sshd_config: changed here and in the image: yours is live, the image's is beside it, as /etc/ssh/sshd_config.tiu-new
            /etc/sysctl.conf: changed here, dropped by the image: yours is kept
            /etc/sysctl.d/99-sysctl.conf: dropped by the image, but it leads to what was changed here: kept
            /etc/timezone: changed here, dropped by the image: yours is kept
            /etc/group: clock: its number 993 is sensors's here: it has 989, and so have its files
            /etc: the image has other numbers for N accounts: those of the device stay
            /etc: your changes and the image's are both in ca-certificates.conf, crontab, locale.gen, nginx/nginx.conf, pam.d/common-session
            /etc: N changes taken from the image\
            """);
  }
}

package dev.tiu;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.Room;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.Layout;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What makes a new device this one and no other. It goes into the live /etc, beside what the image
 * shipped, so that to later updates it is the device's own; and into the shared homes.
 */
record Setup(
    Optional<HostName> hostname,
    Optional<UserName> user,
    Optional<AuthorizedKeys> keys,
    Optional<WifiSetup> wifi) {
  private static final BytePath ETC = BytePath.of("etc");
  private static final BytePath HOME = BytePath.of("home");
  private static final BytePath PASSWD = BytePath.of("passwd");
  private static final BytePath GROUP = BytePath.of("group");
  private static final int LIMIT = 1 << 20;
  private static final Duration TIME_LIMIT = Duration.ofMinutes(2);

  /** Who may become root, on Debian and elsewhere. */
  private static final List<String> ADMINS = List.of("sudo", "wheel");

  /**
   * Writes all of it.
   *
   * @param root of the first snapshot, whole
   */
  void write(Device device, Dir root) throws IOException {
    try (Dir etc = root.openDir(ETC);
        Dir homes = device.top().openDir(Layout.SYSTEM.resolve("home"))) {
      FileStatus before = etc.status(BytePath.ROOT);
      Room room = Room.of(root).writable(ETC).lending(homes, HOME).timeLimit(TIME_LIMIT);
      if (hostname.isPresent()) {
        byte[] line = (hostname.get().text() + "\n").getBytes(UTF_8);
        etc.writeAtomically(BytePath.of("hostname"), line, 0644);
      }
      if (user.isPresent()) {
        addUser(etc, homes, room);
      } else if (keys.isPresent()) {
        try (Dir home = device.top().openDir(Layout.SYSTEM.resolve("root"))) {
          keys.get().addTo(home, 0, 0);
        }
      }
      if (wifi.isPresent()) {
        wifi.get().write(etc, room);
      }
      // That files were made in it is no change of the directory that an update should keep.
      etc.setModificationTime(BytePath.ROOT, before.mtimeSeconds(), before.mtimeNanos());
    }
  }

  private void addUser(Dir etc, Dir homes, Room room) throws IOException {
    String name = user.orElseThrow().text();
    if (fields(etc, PASSWD, 7, name).isEmpty()) {
      List<String> argv = new ArrayList<>(List.of("useradd", "--create-home", "--user-group"));
      for (String group : ADMINS) {
        if (fields(etc, GROUP, 4, group).isPresent()) {
          argv.addAll(List.of("--groups", group));
          break;
        }
      }
      if (room.has("bash")) {
        argv.addAll(List.of("--shell", "/bin/bash"));
      }
      argv.add(name);
      ImageTools.run(room, "nobody could log in as " + name, argv);
    }
    if (keys.isPresent()) {
      String[] account =
          fields(etc, PASSWD, 7, name)
              .orElseThrow(() -> new UnfitException("the image's useradd made no account " + name));
      String home = account[5];
      if (!home.startsWith("/home/")) {
        throw new UnfitException(
            "the home of the image's user %s is %s, and not below /home, where all snapshots would"
                    .formatted(name, home)
                + " share it. The disk isn't made; choose another --user");
      }
      try (Dir directory = homes.openDir(BytePath.of(home.substring("/home/".length())))) {
        keys.get().addTo(directory, Integer.parseInt(account[2]), Integer.parseInt(account[3]));
      }
    }
  }

  /** Of passwd(5) or group(5), the line with that name. */
  private static Optional<String[]> fields(Dir etc, BytePath file, int count, String name)
      throws IOException {
    if (etc.find(file).isEmpty()) {
      return Optional.empty();
    }
    return new String(etc.readAll(file, LIMIT), UTF_8)
        .lines()
        .map(line -> line.split(":", -1))
        .filter(fields -> fields[0].equals(name) && fields.length == count)
        .findFirst();
  }
}

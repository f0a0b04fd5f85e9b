package dev.tiu.linux;

import static dev.tiu.linux.Failures.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class XattrsIT {
  private static final BytePath FILE = BytePath.of("dir/file");
  private static final BytePath LINK = BytePath.of("dir/link");
  private static final BytePath DIR = BytePath.of("dir");

  private BtrfsDisk disk;
  private Dir top;
  private Path filePath;

  @BeforeAll
  void makeDisk() throws IOException {
    disk = BtrfsDisk.create(128 << 20);
    top = Dir.open(disk.mountPoint());
    top.makeDir(DIR, 0755);
    top.createFile(FILE, 0755).close();
    top.makeSymlink("file".getBytes(UTF_8), LINK);
    filePath = disk.mountPoint().resolve("dir/file");
  }

  @AfterAll
  void closeDisk() throws IOException {
    top.close();
    disk.close();
  }

  @Test
  void links_have_their_own() throws Exception {
    top.setXattr(LINK, "trusted.link", new byte[] {1, 0, 2});
    assertThat(top.xattrs(LINK)).hasSize(1);
    assertThat(top.xattrs(LINK).get("trusted.link")).containsExactly(1, 0, 2);
    assertThat(top.xattrs(FILE)).doesNotContainKey("trusted.link");
    assertFails(Errno.EPERM, () -> top.setXattr(LINK, "user.x", new byte[1]));
    top.removeXattr(LINK, "trusted.link");
    assertThat(top.xattrs(LINK)).isEmpty();
  }

  @Test
  void the_directory_itself_has_them_too() throws Exception {
    try (Dir dir = top.openDir(DIR)) {
      dir.setXattr(BytePath.ROOT, "user.of.dir", new byte[0]);
      assertThat(dir.xattrs(BytePath.ROOT).get("user.of.dir")).isEmpty();
      assertThat(top.xattrs(DIR)).containsKey("user.of.dir");
      dir.removeXattr(BytePath.ROOT, "user.of.dir");
      assertThat(top.xattrs(DIR)).isEmpty();
    }
  }

  @Test
  void capabilities_and_acls_are_copied_as_bytes() throws Exception {
    Command.of("setcap", "cap_net_raw+ep", filePath.toString()).run();
    Command.of("setfacl", "-m", "u:1234:rwx,g:77:r", filePath.toString()).run();
    SortedMap<String, byte[]> xattrs = top.xattrs(FILE);
    assertThat(xattrs.keySet()).contains("security.capability", "system.posix_acl_access");

    BytePath copy = BytePath.of("copy");
    top.createFile(copy, 0755).close();
    for (Map.Entry<String, byte[]> xattr : xattrs.entrySet()) {
      top.setXattr(copy, xattr.getKey(), xattr.getValue());
    }
    String copyPath = disk.mountPoint().resolve("copy").toString();
    assertThat(Command.of("getcap", copyPath).run().text()).isEqualTo(copyPath + " cap_net_raw=ep");
    assertThat(Command.of("getfacl", "-cn", copyPath).run().text())
        .contains("user:1234:rwx", "group:77:r--");
  }

  @Test
  void values_up_to_the_limit_come_back() throws Exception {
    BytePath file = BytePath.of("limits");
    try (FileHandle handle = top.createFile(file, 0600)) {
      byte[] value = new byte[16_000]; // what a btrfs leaf holds
      value[15_999] = 7;
      handle.setXattr("user.big", value);
      for (int i = 0; i < 200; i++) {
        handle.setXattr("user.%s%03d".formatted("n".repeat(200), i), new byte[] {(byte) i});
      }
      assertThat(handle.xattrs()).hasSize(201);
      assertThat(handle.xattrs().get("user.big")).isEqualTo(value);
      assertThat(top.xattrs(file).keySet()).isEqualTo(handle.xattrs().keySet());
      LinuxException e =
          assertFails(Errno.E2BIG, () -> handle.setXattr("user.big", new byte[65_537]));
      assertThat(e).hasMessageContaining("user.big has 65537 bytes");
      assertFails(Errno.ERANGE, () -> handle.setXattr("user." + "n".repeat(300), new byte[0]));
    }
  }

  @Test
  void failures_name_the_attribute() throws Exception {
    LinuxException e = assertFails(Errno.ENODATA, () -> top.removeXattr(FILE, "user.none"));
    assertThat(e)
        .hasMessageStartingWith("removexattr " + filePath + ": ENODATA")
        .hasMessageEndingWith("user.none");
    assertFails(Errno.EOPNOTSUPP, () -> top.setXattr(FILE, "nonsense.x", new byte[0]));
    assertFails(Errno.ENOENT, () -> top.xattrs(BytePath.of("dir/missing")));
  }
}
